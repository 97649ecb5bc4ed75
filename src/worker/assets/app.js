/*
 * What pages do where there is script: local times, copy and busy buttons, kept ids, and a bulk recovery as it goes.
 * Plain JavaScript, as browsers get it; nothing a page needs depends on it but the live progress.
 */
"use strict";
const { locale } = document.documentElement.dataset;
const all = (selector, root = document) => root.querySelectorAll(selector);
const one = (selector, root = document) => root.querySelector(selector);

// The page was drawn in the zone of this cookie: the reader's own, once the browser has told it.
const { zone, base: mount } = document.documentElement.dataset;
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (ownZone !== zone) {
  const told = "highlevel_zone=" + ownZone;
  document.cookie = told + "; path=" + (mount || "/") + "; max-age=31536000; samesite=lax";
  // A cookie that is there already was not taken for a zone: it would be loaded again for ever.
  const isNews = document.cookie.split("; ").includes(told) && sessionStorage.getItem("zone") !== told;
  sessionStorage.setItem("zone", told);
  if (isNews && one("time")) location.reload();
}
const exact = new Intl.DateTimeFormat(locale, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
  timeZone: zone,
  hourCycle: "h23",
});

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const setMoment = (time, at) => {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] =
    [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => Math.abs(seconds) >= size) ||
    ["second", 1];
  time.dateTime = new Date(at).toISOString();
  time.title = exact.format(at);
  time.textContent = relative.format(Math.round(seconds / size), unit);
};

const say = (text) => {
  one("#said").textContent = text;
};
const showCopy = (root) => {
  for (const button of all("[data-copy]", root)) button.hidden = false;
};
if (navigator.clipboard) showCopy(document);
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return getSelection().selectAllChildren(button.previousElementSibling);
  }
  const before = button.textContent;
  button.classList.add("done");
  button.textContent = button.dataset.copied;
  say(button.dataset.copied);
  setTimeout(() => {
    button.classList.remove("done");
    button.textContent = before;
  }, 1500);
});

document.addEventListener("submit", ({ target, submitter }) => {
  const { busy } = target.dataset;
  if (!busy || !submitter) return;
  const before = submitter.textContent;
  const set = (isBusy) => {
    submitter.textContent = isBusy ? busy : before;
    for (const button of all("button", target)) button.disabled = isBusy;
  };
  setTimeout(set, 0, true); // a disabled button would not send its value
  setTimeout(set, 60_000, false); // no answer came, or it was stopped
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});

// Parts that follow by themselves: the page is asked for again, and they are taken from it.
const followed = Array.from(all("[data-follow]"));
const isInUse = (part) => part.contains(document.activeElement) || one("details[open]", part);
async function lookAgain() {
  if (document.hidden) return;
  let fresh;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // out of reach for a moment
  }
  if (one("#key", fresh)) return location.reload(); // signed out
  for (const part of followed) {
    const next = fresh.getElementById(part.id);
    if (!next || isInUse(part) || part.innerHTML === next.innerHTML) continue;
    const before = one("h2", part)?.textContent;
    part.className = next.className;
    part.innerHTML = next.innerHTML;
    if (navigator.clipboard) showCopy(part);
    const after = one("h2", part)?.textContent;
    if (after && after !== before) say(after);
  }
}
if (followed.length > 0) setInterval(lookAgain, one("#job") ? 3_000 : 10_000);

addEventListener("keydown", (event) => {
  const search = one("#q");
  if (event.key !== "/" || !search || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});

// What an action came to is told once, not again when the page is loaded later.
const address = new URL(location);
if (address.searchParams.has("did")) {
  address.searchParams.delete("did");
  history.replaceState(null, "", address);
}

// Pasted ids outlive another language and signing in again, in this tab, until a bulk recovery is looked at.
const DRAFT = "highlevel-ids";
const ids = one("#ids");
if (ids) {
  ids.value ||= sessionStorage.getItem(DRAFT) || "";
  addEventListener("pagehide", () => {
    if (ids.value.length < 1_000_000) sessionStorage.setItem(DRAFT, ids.value);
  });
}

const job = one("#job");
if (job) sessionStorage.removeItem(DRAFT);
if (job && job.dataset.events) follow(job);

function follow({ dataset: { events, base, company, codes, title } }) {
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const text = (name, value) => {
    one('[data-text="' + name + '"]').textContent = value;
  };
  const meanings = JSON.parse(codes);
  const items = one("#items");
  const seen = new Set(Array.from(items.children, (row) => row.dataset.seq));
  const source = new EventSource(events);

  const problem = one("[data-problem]");
  const next = one("[data-next]");
  const stalled = one("[data-stalled]");
  let progressAt = Date.parse(one("time", stalled).dateTime);
  let nextTryAt = next.hidden ? 0 : Date.parse(one("time", next).dateTime);
  let isMoving = true;
  // A job that waits for something sends no news: that is what this tells.
  const tellStalled = () => {
    if (nextTryAt) setMoment(one("time", next), Math.max(nextTryAt, Date.now()));
    stalled.hidden = !isMoving || Date.now() - progressAt < stalled.dataset.stalled;
    setMoment(one("time", stalled), progressAt);
  };
  setInterval(tellStalled, 5000);

  const show = (progress) => {
    const { status, total, remaining } = progress;
    problem.hidden = !progress.problem;
    problem.textContent = progress.problem || "";
    next.hidden = !progress.nextTryAt;
    nextTryAt = progress.nextTryAt ? Date.parse(progress.nextTryAt) : 0;
    progressAt = Date.parse(progress.progressAt);
    isMoving = status === "running" || status === "listing";
    tellStalled();
    for (const part of all("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(status);
    const done = total - remaining;
    let left = 0;
    for (const part of all("[data-part]")) {
      const count = progress[part.dataset.part];
      const width = total ? count / total * 100 : 0;
      part.setAttribute("x", left + "%");
      part.setAttribute("width", width + "%");
      left += width;
      text(part.dataset.part, number.format(count));
    }
    text("done", number.format(done));
    text("total", number.format(total));
    text("remaining", number.format(remaining));
    text("percent", percent.format(total ? done / total : 0));
    document.title = title.replace("%d", number.format(done)).replace("%t", number.format(total));
    const bar = one("#bar");
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    bar.setAttribute("aria-valuetext", number.format(done) + " / " + number.format(total));
    for (const state of all("[data-state]")) state.hidden = state.dataset.state !== status;
  };

  const add = (item) => {
    const seq = String(item.seq);
    if (seen.has(seq)) return;
    seen.add(seq);
    one("[data-none]").hidden = true;
    one(".cards").hidden = false;
    if (items.children.length >= 500) {
      one("[data-first]").hidden = false;
      return;
    }
    const row =
      one('template[data-outcome="' + item.outcome + '"]').content.cloneNode(true).firstElementChild;
    const id = item.target.locationId || item.target.companyId;
    const link = one('[data-field="id"]', row);
    row.dataset.seq = seq;
    link.href = base + "/ui/connections/" + (item.target.locationId ? "location/" : "company/") + id;
    one("code", link).textContent = (item.target.locationId ? "" : company + " ") + id;
    one('[data-field="name"]', row).textContent = item.name ? item.name + " " : "";
    one('[data-field="code"]', row).textContent = meanings[item.code] ? meanings[item.code] + ": " : "";
    one('[data-field="message"]', row).textContent = (item.message || item.code || "").replace(
      new RegExp("^(Location|Company) " + id + ": "),
      "",
    );
    for (const name of ["traceId", "authorizationUrl"]) {
      const cell = one('[data-field="' + name + '"]', row);
      if (!item[name]) {
        cell.textContent = "";
        continue;
      }
      one("code", cell).textContent = item[name];
      one("button", cell).dataset.copy = item[name];
    }
    if (navigator.clipboard) showCopy(row);
    items.append(row);
  };

  source.addEventListener("progress", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("unrecovered", ({ data }) => add(JSON.parse(data)));
  source.addEventListener("done", ({ data }) => {
    source.close();
    const progress = JSON.parse(data);
    if (progress.problem || !progress.total) return location.reload();
    show(progress);
    const none = one("[data-none]");
    none.textContent = none.dataset.none;
    for (const part of all("[data-while-running]")) part.hidden = true;
    say(one('[data-state="' + progress.status + '"]').textContent);
    lookAgain(); // how long the rest takes is said of no rest
  });
  const connected = (isConnected) => {
    one("[data-live]").hidden = !isConnected;
    one("[data-lost]").hidden = isConnected;
  };
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => {
    connected(false);
    // After an answer such as 503 the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}
