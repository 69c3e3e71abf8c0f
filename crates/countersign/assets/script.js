/* Comforts. Every page works without this script, and nothing is kept by it. */
"use strict";
(() => {
  const base = document.currentScript.src.replace(/\/assets\/.*$/, "");
  const all = (selector) => document.querySelectorAll(selector);
  const button = (text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    return made;
  };

  document.getElementById("problem")?.focus();

  /* Moments in the reader's own time. */
  const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of all("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = local.format(new Date(time.dateTime));
  }

  /* A switch that shows what is typed as a password. */
  for (const box of all(".password")) {
    const input = box.querySelector("input");
    const toggle = button("");
    const show = (shown) => {
      const { show, hide, showWhat, hideWhat } = box.dataset;
      input.type = shown ? "text" : "password";
      toggle.textContent = shown ? hide : show;
      toggle.setAttribute("aria-label", shown ? hideWhat : showWhat);
    };
    toggle.setAttribute("aria-controls", input.id);
    toggle.addEventListener("click", () => show(input.type === "password"));
    /* Browsers keep what was typed into fields of text. */
    input.form.addEventListener("submit", () => show(false));
    show(false);
    box.append(toggle);
  }

  /* How strong a new password is, as the server judges it. */
  for (const input of all("input[autocomplete=new-password]")) {
    const place = document.getElementById(input.id + "-strength");
    const field = (name) => input.form.elements[name]?.value ?? "";
    const names = () => {
      const others = (input.dataset.namesFrom ?? "").split(" ").filter(Boolean).map(field);
      return [input.dataset.names ?? "", ...others].join(" ").trim();
    };
    let timer, asked;
    const clear = () => {
      place.textContent = "";
      delete place.dataset.score;
    };
    const ask = async () => {
      asked = new AbortController();
      const body = new URLSearchParams({ password: input.value, names: names(), csrf_token: field("csrf_token") });
      try {
        const answer = await fetch(base + "/password/strength", { method: "POST", body, signal: asked.signal });
        if (!answer.ok) return clear();
        const { score, accepted, text } = await answer.json();
        place.textContent = text;
        place.dataset.score = accepted ? Math.max(score, 1) : 0;
      } catch {
        /* Another key was pressed, or the network is away: it is a comfort only. */
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      asked?.abort();
      if (!input.value) return clear();
      timer = setTimeout(ask, 300);
    });
  }

  /* A button that copies what is shown once. */
  for (const box of all(".copy")) {
    const code = box.querySelector("code");
    const copy = button(box.dataset.copy);
    copy.className = "plain";
    copy.setAttribute("aria-live", "polite");
    copy.addEventListener("click", async () => {
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(code.textContent);
        copy.textContent = box.dataset.copied;
        setTimeout(() => (copy.textContent = box.dataset.copy), 3000);
      } catch {
        /* It is selected, at least. */
      }
    });
    if (navigator.clipboard) box.append(copy);
  }

  /* The work that keeps robots away. Where a browser cannot do it, the server asks to wait instead. */
  const solve = async (challenge, bits) => {
    const text = new TextEncoder();
    const at = (nonce) => crypto.subtle.digest("SHA-256", text.encode(challenge + ":" + nonce));
    const zeros = (digest) => {
      const view = new DataView(digest);
      const head = Math.clz32(view.getUint32(0));
      return head < 32 ? head : 32 + Math.clz32(view.getUint32(4));
    };
    for (let first = 0; ; first += 128) {
      const digests = await Promise.all(Array.from({ length: 128 }, (_, i) => at(first + i)));
      const found = digests.findIndex((digest) => zeros(digest) >= bits);
      if (found >= 0) return first + found;
      await new Promise((on) => setTimeout(on));
    }
  };
  for (const form of all("form[data-proof]")) {
    if (!globalThis.crypto?.subtle) break;
    const { proof, bits, working, done } = form.dataset;
    const said = document.getElementById("proof");
    const nonce = form.elements.proof_nonce;
    let work;
    const start = () => {
      if (work) return work;
      said.textContent = working;
      work = solve(proof, Number(bits)).then((found) => {
        nonce.value = found;
        said.textContent = done;
      });
      return work;
    };
    form.addEventListener("focusin", start, { once: true });
    form.addEventListener("submit", (event) => {
      if (nonce.value) return;
      event.preventDefault();
      const sender = event.submitter;
      start().then(() => form.requestSubmit(sender));
    });
  }
})();
