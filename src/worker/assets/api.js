/*
 * The API's page where there is script: the entry that the address names is open, and who is signed in may send requests that his key
 * allows. The session's cookie goes along, and never a key; the worker lets it do only what a page may.
 */
"use strict";
const api = document.querySelector("#api");
const RANK = { none: 0, viewer: 1, service: 2, admin: 3 };
const MOST_CHARACTERS = 20_000;

const openNamed = () => {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
};
addEventListener("hashchange", openNamed);
openNamed();
addEventListener("beforeprint", () => {
  for (const one of api.querySelectorAll("details")) one.open = true;
});

for (const form of api.querySelectorAll("form.try")) {
  const { method, access } = form.dataset;
  const isClosed = method !== "GET" && "readOnly" in api.dataset;
  form.hidden = isClosed || !api.dataset.role || RANK[api.dataset.role] < RANK[access];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter || form.querySelector("button"));
  });
}

async function send(form, button) {
  const { method } = form.dataset;
  let path = form.dataset.path;
  const query = new URLSearchParams();
  let body;
  for (const field of form.querySelectorAll("[data-place]")) {
    const { name, value, dataset: { place } } = field;
    if (place === "body") body = value.trim() || undefined;
    else if (place === "path") path = path.replace("{" + name + "}", encodeURIComponent(value));
    else if (value) query.set(name, value);
  }
  const address = api.dataset.base + path + (query.size ? "?" + query : "");
  const result = form.querySelector(".result");
  if (button.dataset.ask && !confirm(button.dataset.ask + "\n\n" + method + " " + address)) return;
  button.disabled = true;
  result.textContent = "…";
  try {
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    const response = await fetch(address, { method, headers, body, redirect: "manual" });
    const text = await response.text();
    result.textContent = (response.status + " " + response.statusText).trim() + "\n" + readable(text);
  } catch {
    result.textContent = button.dataset.noAnswer;
  }
  button.disabled = false;
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, MOST_CHARACTERS);
  } catch {
    return text.slice(0, MOST_CHARACTERS);
  }
}
