// What the page does by itself: texts that several people write at once, and pages that stay up to date.
// Everything else is plain forms and htmx. No part of the plan is ever put in as HTML here.
"use strict";
(() => {
  const meta = name => document.querySelector(`meta[name="jospar-${name}"]`)?.content ?? "";
  const token = meta("token");

  // What became of the last change, in words at the edge of the page.
  let hiding;
  function tell(text, bad) {
    const place = document.getElementById("save");
    if (!place) return;
    place.textContent = text;
    place.className = bad ? "shown bad" : "shown";
    clearTimeout(hiding);
    if (!bad) hiding = setTimeout(() => { place.className = ""; }, 2500);
  }

  // ---- Texts: what was typed is sent as a whole with the heads it was based on; the answer says what has become of it.

  // State of a text by its path: a page that is morphed may give the element another object.
  const texts = new WeakMap();
  function stateOf(field) {
    let state = texts.get(field);
    if (!state) texts.set(field, state = { sent: field.defaultValue, busy: false, again: false, composing: false });
    return state;
  }
  const isText = field => field instanceof HTMLElement && field.dataset.text !== undefined;
  const isDirty = field => field.value !== stateOf(field).sent || stateOf(field).busy;

  // The one change that leads from a text to another: [from, to, inserted].
  function difference(before, after) {
    let start = 0, end = 0;
    const most = Math.min(before.length, after.length);
    while (start < most && before[start] === after[start]) start++;
    while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
    return [start, before.length - end, after.slice(start, after.length - end)];
  }

  // Puts others' patches and one's own unsent change into the text that both are based on. Own text goes left of theirs.
  function merge(base, [from, to, inserted], patches) {
    let out = "", at = 0, ownAt = -1;
    const keep = until => {
      const cut = (a, b) => base.slice(a, Math.max(a, Math.min(b, from))) + base.slice(Math.min(b, Math.max(a, to)), b);
      if (ownAt < 0 && from <= until) {
        out += base.slice(at, Math.max(at, from));
        ownAt = out.length;
        out += inserted + base.slice(Math.min(until, Math.max(at, to)), until);
      } else {
        out += cut(at, until);
      }
    };
    for (const [place, removed, added] of patches) {
      keep(place);
      out += added;
      at = place + removed;
    }
    keep(base.length);
    return { text: out, ownAt };
  }

  // Where a caret in `base` goes when the patches are put in.
  function moved(caret, patches) {
    let shift = 0;
    for (const [place, removed, added] of patches) {
      if (place >= caret) break;
      shift += added.length - Math.min(removed, caret - place);
    }
    return caret + shift;
  }

  function take(field, state, sent, patches) {
    const own = difference(sent, field.value);
    const { text, ownAt } = merge(sent, own, patches);
    const place = caret => {
      const [from, to, inserted] = own;
      if (field.value === sent) return moved(caret, patches);
      if (caret >= from && caret <= from + inserted.length) return ownAt + caret - from;
      if (caret < from) return moved(caret, patches);
      return moved(caret - inserted.length + to - from, patches) + inserted.length - (to - from);
    };
    if (text === field.value) return;
    const focused = document.activeElement === field;
    const [start, end] = focused ? [place(field.selectionStart), place(field.selectionEnd)] : [0, 0];
    field.value = text;
    if (focused) field.setSelectionRange(start, end);
  }

  // What the other scripts ask: a caret of the field as a place in the text that was sent, and back.
  const told = name => document.dispatchEvent(new CustomEvent(name));
  globalThis.jospar = {
    // Changes something without leaving the page, which hears of it.
    async post(to, fields) {
      tell(meta("saving"));
      try {
        const headers = { "x-jospar-token": token, "x-jospar-script": "1" };
        const answer = await fetch(to, { method: "POST", body: new URLSearchParams(fields), headers });
        if (answer.ok) tell(meta("saved"));
        else tell(await answer.text(), true);
      } catch {
        tell(meta("gone"), true);
      }
    },
    sentPlace(field, caret) {
      const [from, to, inserted] = difference(stateOf(field).sent, field.value);
      return caret <= from ? caret : Math.max(from, caret - inserted.length) + (caret < from + inserted.length ? 0 : to - from);
    },
    shownPlace(field, caret) {
      const [from, to, inserted] = difference(stateOf(field).sent, field.value);
      if (caret <= from) return caret;
      return caret < to ? from + inserted.length : caret + inserted.length - (to - from);
    },
  };

  async function send(field, last) {
    const state = stateOf(field);
    if (state.busy || state.composing) { state.again = true; return; }
    state.busy = true;
    const sent = field.value;
    if (sent !== state.sent) state.begun = performance.now();
    const body = new URLSearchParams({ path: field.dataset.text, base: field.dataset.heads, text: sent });
    const headers = { "x-jospar-token": token, "x-jospar-script": "1" };
    if (sent !== state.sent) tell(meta("saving"));
    try {
      const answer = await fetch("/text", { method: "POST", body, headers, keepalive: last && sent.length < 20000 });
      if (answer.ok) {
        const { heads, patches } = await answer.json();
        const wasSent = sent !== state.sent;
        take(field, state, sent, patches);
        field.dataset.heads = heads;
        state.sent = merge(sent, [0, 0, ""], patches).text;
        if (wasSent) tell(meta("saved"));
      } else {
        tell(await answer.text(), true);
      }
    } catch {
      tell(meta("gone"), true);
      setTimeout(() => send(field), 2000);
    }
    state.busy = false;
    told("jospar:sent");
    if (state.again || field.value !== state.sent) { state.again = false; later(field); }
  }

  // The first letter goes at once, and what follows is gathered: others see it come, and the log stays short.
  const timers = new WeakMap();
  function later(field) {
    clearTimeout(timers.get(field));
    const wait = stateOf(field).begun + 350 - performance.now();
    timers.set(field, setTimeout(() => send(field), Math.max(0, wait || 0)));
  }

  document.addEventListener("input", event => {
    if (isText(event.target) && !event.isComposing) { stateOf(event.target); later(event.target); }
  });
  document.addEventListener("compositionstart", ({ target }) => { if (isText(target)) stateOf(target).composing = true; });
  document.addEventListener("compositionend", ({ target }) => {
    if (isText(target)) { stateOf(target).composing = false; later(target); }
  });
  // A text saves itself: Enter in one line must not lead away from the page.
  document.addEventListener("submit", event => {
    const field = event.target.querySelector?.("[data-text]");
    if (field) { event.preventDefault(); send(field); }
  });
  addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll("[data-text]")) if (isDirty(field)) send(field, true);
  });

  // ---- Fields: what is being typed is never replaced.

  const kept = field => field.closest?.("[data-keep]");
  document.addEventListener("focusin", ({ target }) => {
    if (isText(target)) stateOf(target);
    kept(target)?.setAttribute("hx-morph-skip", "");
  });
  document.addEventListener("focusout", ({ target }) => {
    if (isText(target) && isDirty(target)) send(target);
    const keeper = kept(target);
    if (keeper && !keeper.contains(document.activeElement)) setTimeout(() => release(keeper), 0);
  });
  function release(keeper) {
    if (keeper.contains(document.activeElement)) return;
    const dirty = [...keeper.querySelectorAll("[data-text]")].some(isDirty);
    if (dirty) setTimeout(() => release(keeper), 300);
    else keeper.removeAttribute("hx-morph-skip");
  }

  document.addEventListener("htmx:after:request", ({ detail }) => {
    const { response, text, request } = detail.ctx;
    if (request.method === "GET") return;
    if (response.status >= 400) tell(text, true);
    else tell(meta("saved"));
  });
  // What is shown stands elsewhere now, or a plan has come to be: the page goes there as a whole.
  document.addEventListener("htmx:before:response", event => {
    const { raw } = event.detail.ctx.response;
    if (jospar.holds?.() && event.detail.ctx.request.method === "GET") {
      event.preventDefault();
      return changed();
    }
    if (raw.redirected && event.detail.ctx.request.method === "GET") {
      event.preventDefault();
      location.assign(raw.url);
    }
  });
  document.addEventListener("htmx:error", () => tell(meta("gone"), true));

  // ---- The page as a whole: fetched anew when something has changed, and morphed.

  let waiting, since;
  async function refresh() {
    since = undefined;
    // A page that answers a form is not fetched again: what it shows is said once.
    if (document.querySelector("[data-still]")) return;
    if (document.hidden) return;
    // What is in somebody's hand is not taken out of it.
    if (jospar.holds?.()) return changed();
    await htmx.ajax("GET", location.pathname + location.search, { target: "#page", select: "#page", swap: "outerMorph" });
    // Texts that were morphed are as the node has them.
    for (const field of document.querySelectorAll("[data-text]")) {
      const state = texts.get(field);
      if (state && !kept(field)?.hasAttribute("hx-morph-skip")) state.sent = field.value;
    }
    told("jospar:shown");
  }
  // Letters come by themselves: where somebody writes, the rest of the page waits for a pause, though not for long.
  function changed() {
    clearTimeout(waiting);
    const now = performance.now(), pause = isText(document.activeElement) ? 700 : 80;
    since ??= now;
    waiting = setTimeout(refresh, Math.min(pause, Math.max(0, since + 3000 - now)));
  }

  // ---- Files: chosen or dropped on their place; the answer is the address of what came of it.

  async function give(place, file) {
    const to = place.dataset.upload, most = place.dataset.most ?? meta("most");
    // What would be refused is not sent: a browser drops the answer when it may not send to the end.
    if (file.size > most * 2 ** 20) return tell(meta("large").replace("#", most), true);
    const address = `${to}${to.includes("?") ? "&" : "?"}name=${encodeURIComponent(file.name)}`;
    tell(meta("saving"));
    try {
      const headers = { "x-jospar-token": token, "x-jospar-script": "1" };
      const answer = await fetch(address, { method: "POST", body: file, headers });
      const text = await answer.text();
      if (answer.ok && text.startsWith("/")) return text;
      tell(text, true);
    } catch {
      tell(meta("gone"), true);
    }
  }
  // One after the other; the page goes to what came of the last, or stays where one was refused.
  async function giveAll(place, files) {
    let to;
    for (const file of files) {
      to = await give(place, file);
      if (!to) return;
    }
    location.assign(files.length > 1 ? location.href : to);
  }
  const uploads = event => event.target.closest?.("[data-upload]");
  document.addEventListener("change", event => {
    const files = [...event.target.files ?? []];
    if (files.length && uploads(event)) giveAll(uploads(event), files);
  });
  // A file that misses its place must not replace the page.
  document.addEventListener("dragover", event => event.preventDefault());
  document.addEventListener("drop", event => {
    const files = [...event.dataTransfer?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    const place = uploads(event);
    if (place) giveAll(place, place.querySelector("input[multiple]") ? files : files.slice(0, 1));
  });

  let live, lost = false;
  function listen() {
    live = new EventSource("/live");
    live.onmessage = () => {
      // What others typed is wanted now, the rest of the page soon.
      if (isText(document.activeElement)) send(document.activeElement);
      changed();
    };
    live.addEventListener("company", ({ data }) => {
      jospar.company = JSON.parse(data);
      told("jospar:company");
    });
    live.onerror = () => { lost = true; tell(meta("gone"), true); };
    live.onopen = () => { if (lost) { lost = false; tell(meta("saved")); changed(); } };
  }

  function begin() {
    htmx.registerExtension("keep", {
      // What a person has folded or unfolded stays so.
      htmx_before_morph_attr: (element, { attrName }) => !(element instanceof HTMLDetailsElement && attrName === "open"),
    });
    // A browser keeps few connections to one place: a page that nobody sees gives its own back.
    if (!document.hidden) listen();
    document.addEventListener("visibilitychange", () => {
      live?.close();
      live = undefined;
      if (!document.hidden) { listen(); refresh(); }
    });
    document.addEventListener("click", ({ target }) => {
      if (target.closest?.("button.print")) print();
    });
    document.querySelector("input.link")?.select();
    const opened = document.getElementById(location.hash.slice(1));
    if (opened instanceof HTMLDetailsElement) opened.querySelector("input:not([type=hidden]), textarea")?.focus();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
