// The page of the user system's profile, and what is meant to fail on it.

export const PAGE = '/user-system/';

/** What the API refuses is noted by the browser as a resource that failed. */
export const REFUSED = /^console: Failed to load resource: .* 4\d\d .*\/user-system\/api\//;

/** Opens the page and waits until it knows who is there. */
export async function open(visitor) {
  await visitor.open(PAGE);
  await visitor.page.waitForSelector('#logged-in-view:visible, #logged-out-view:visible');
}
