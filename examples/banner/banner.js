/**
 * Shows in `place` what is to be said of a connection: nothing while it works, that it comes back by itself, or a link.
 * `healthUrl` is a route of your own server, which asks the worker's `…/health` with the service key. Returns what was shown.
 */
export async function showBanner(place, healthUrl, words = WORDS) {
  const { action, url } = await healthOf(healthUrl);
  place.replaceChildren();
  place.hidden = action !== "wait" && action !== "relink";
  if (place.hidden) return "none";
  place.setAttribute("role", "status");
  place.append(words[action]);
  if (action === "relink" && url) {
    const link = document.createElement("a");
    Object.assign(link, { href: url, target: "_top", textContent: words.link });
    place.append(" ", link);
  }
  return action;
}

const WORDS = {
  wait: "Your account is not reachable at the moment. It reconnects by itself.",
  relink: "Your account is disconnected.",
  link: "Reconnect",
};

/** A banner must not break the page that it stands in: where nobody answers, or not in JSON, it says nothing. */
async function healthOf(healthUrl) {
  const response = await fetch(healthUrl).catch(() => undefined);
  return response?.ok ? await response.json().catch(() => ({})) ?? {} : {};
}
