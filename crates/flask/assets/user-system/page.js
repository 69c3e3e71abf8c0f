// What the page does: it asks who is logged in, logs in and out, and signs up.
'use strict';

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const view = (id) => document.getElementById(id);

/** One request to the API; answers whether it went well, and what it said. */
async function call(method, path, fields) {
  const request = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (method !== 'GET') request.headers['X-CSRFToken'] = meta('csrf-token');
  if (fields) request.body = new URLSearchParams(fields);
  try {
    const answer = await fetch(`${meta('prefix')}/api/auth/${path}`, request);
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return { ok: false };
  }
}

function say(text) {
  view('message').textContent = text;
  view('message').hidden = text === '';
}

function loggedIn(user) {
  view('name').textContent = user.user_name;
  view('logged-in-view').hidden = false;
  view('logged-out-view').hidden = true;
}

function loggedOut() {
  view('logged-in-view').hidden = true;
  view('logged-out-view').hidden = false;
}

async function verify() {
  const { ok, data } = await call('GET', 'verify_auth');
  if (ok) loggedIn(data);
  else loggedOut();
}

/** Shows what was wrong with each field, or with all of it. */
function complain(form, message, otherwise) {
  const fields = typeof message === 'object' && message !== null ? message : {};
  for (const place of form.querySelectorAll('[data-for]')) {
    const texts = fields[place.dataset.for] ?? [];
    place.textContent = texts.join(' ');
    place.hidden = texts.length === 0;
    const input = form.elements[place.dataset.for];
    input.setAttribute('aria-invalid', String(texts.length > 0));
    if (texts.length > 0) input.setAttribute('aria-describedby', place.id);
    else input.removeAttribute('aria-describedby');
  }
  const place = form.querySelector('[data-form]');
  const all = typeof message === 'string' ? message : otherwise;
  place.textContent = Object.keys(fields).length > 0 ? '' : all;
  place.hidden = place.textContent === '';
  form.querySelector('[aria-invalid="true"]')?.focus();
}

/** Sends a form and waits; pressing twice sends it once. */
async function send(form, path, otherwise) {
  const button = form.querySelector('button');
  button.disabled = true;
  say('');
  const answer = await call('POST', path, new FormData(form));
  button.disabled = false;
  if (answer.ok) {
    complain(form, {}, '');
    form.reset();
  } else {
    complain(form, answer.errors?.message, otherwise);
  }
  return answer;
}

view('login-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { ok, data } = await send(event.target, 'login', 'username or password is wrong');
  if (ok && data) loggedIn(data);
  else if (ok) await verify();
});

view('signup-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { ok, message } = await send(event.target, 'signup', 'Something went wrong');
  if (!ok) return;
  say(message);
  await verify();
});

view('logout').addEventListener('click', async () => {
  say('');
  const { ok, message } = await call('POST', 'logout');
  if (ok) say(message);
  await verify();
});

verify();
