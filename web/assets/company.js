// Who else is here: names in the head of the page, and their carets in the texts that this page shows.
// Carets lie in a layer of their own above the page; nothing of the page is changed for them.
"use strict";
(() => {
  const meta = name => document.querySelector(`meta[name="jospar-${name}"]`)?.content ?? "";
  const slot = crypto.getRandomValues(new Uint32Array(1))[0];
  const isText = field => field instanceof HTMLElement && field.dataset.text !== undefined;

  // ---- What is said of oneself: at once when the caret moves, though not too often, and again every few seconds.

  let lastSaid = "", lastAt = 0, waiting;
  function say(left) {
    clearTimeout(waiting);
    const said = new URLSearchParams({ slot });
    const field = document.activeElement;
    if (!left) said.set("page", location.pathname);
    if (!left && isText(field) && field.selectionStart !== null) {
      said.set("path", field.dataset.text);
      said.set("heads", field.dataset.heads);
      said.set("at", jospar.sentPlace(field, field.selectionDirection === "backward" ? field.selectionStart : field.selectionEnd));
    }
    if (said.toString() === lastSaid && Date.now() - lastAt < 4500) return;
    [lastSaid, lastAt] = [said.toString(), Date.now()];
    const headers = { "x-jospar-token": meta("token"), "x-jospar-script": "1" };
    fetch("/here", { method: "POST", body: said, headers, keepalive: true }).catch(() => {});
  }
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (!document.hidden) say(); }, 200);
  }
  setInterval(() => { if (!document.hidden) say(); }, 5000);
  for (const event of ["selectionchange", "focusin", "focusout", "jospar:sent"]) document.addEventListener(event, soon);
  document.addEventListener("visibilitychange", () => say(document.hidden));
  addEventListener("pagehide", () => say(true));
  addEventListener("pageshow", () => say());

  // ---- What is shown of others.

  let people = [];
  const layer = document.createElement("div");
  layer.id = "carets";
  layer.setAttribute("aria-hidden", "true");

  // One colour for one device's page, the same on every screen.
  const colour = ({ device, slot }) => (parseInt(device.slice(0, 6), 16) + slot) % 6;

  function names() {
    const place = document.getElementById("company");
    if (!place) return;
    const here = people.filter(person => person.page === location.pathname);
    const elsewhere = people.filter(person => !here.some(other => other.device === person.device));
    const parts = [];
    const once = all => [...new Map(all.map(person => [person.device, person])).values()];
    const told = (label, all, make) => {
      if (!all.length) return;
      const part = document.createElement("span");
      part.append(label);
      once(all).forEach((person, index) => part.append(index ? ", " : " ", make(person)));
      parts.push(part);
    };
    told(place.dataset.here, here, person => {
      const name = document.createElement("span");
      name.className = `who p${colour(person)}`;
      name.textContent = person.name;
      return name;
    });
    told(place.dataset.elsewhere, elsewhere, person => {
      if (!person.page) return person.name;
      const link = document.createElement("a");
      link.href = person.page;
      link.textContent = person.name;
      return link;
    });
    const before = place.textContent;
    if (before !== parts.map(part => part.textContent).join("")) place.replaceChildren(...parts);
  }

  // Where a caret stands in its field, in pixels from the field's corner: a copy of the field is laid out and asked.
  const copied = ["boxSizing", "fontFamily", "fontSize", "fontStyle", "fontWeight", "letterSpacing", "lineHeight", "paddingTop",
    "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth",
    "tabSize", "textIndent", "textTransform", "wordSpacing", "direction", "textAlign"];
  const mirror = document.createElement("div");
  mirror.className = "mirror";
  const mark = document.createElement("span");
  function measure(field, at) {
    const style = getComputedStyle(field);
    const lines = field instanceof HTMLTextAreaElement;
    for (const name of copied) mirror.style[name] = style[name];
    mirror.style.borderStyle = "solid";
    // A scroll bar takes its width from the text.
    const bar = field.offsetWidth - field.clientWidth - parseFloat(style.borderLeftWidth) - parseFloat(style.borderRightWidth);
    mirror.style.width = `${field.offsetWidth - bar}px`;
    mirror.style.whiteSpace = lines ? "pre-wrap" : "pre";
    mark.textContent = "\u200b";
    mirror.replaceChildren(field.value.slice(0, at), mark, field.value.slice(at) || ".");
    layer.append(mirror);
    const [outer, inner] = [mirror.getBoundingClientRect(), mark.getBoundingClientRect()];
    mirror.remove();
    // One line stands in the middle of its field.
    const down = lines ? 0 : (field.offsetHeight - outer.height) / 2;
    return { left: inner.left - outer.left - field.scrollLeft, top: inner.top - outer.top - field.scrollTop + down, height: inner.height };
  }

  function caret(person, field) {
    const at = jospar.shownPlace(field, person.caret.at);
    const { left, top, height } = measure(field, at);
    const seen = left >= 0 && left <= field.offsetWidth && top >= 0 && top + height <= field.offsetHeight + 1;
    if (!seen || !field.offsetWidth) return;
    const box = field.getBoundingClientRect();
    const line = document.createElement("div");
    line.className = `caret p${colour(person)}`;
    line.dataset.of = person.name;
    line.style.left = `${box.left + scrollX + left}px`;
    line.style.top = `${box.top + scrollY + top}px`;
    line.style.height = `${height}px`;
    const name = document.createElement("span");
    name.textContent = person.name;
    line.append(name);
    layer.append(line);
  }

  let drawing;
  function draw() {
    drawing = undefined;
    names();
    layer.replaceChildren();
    const here = people.filter(person => person.caret);
    if (!here.length) return;
    const fields = [...document.querySelectorAll("[data-text]")];
    for (const person of here) {
      const field = fields.find(field => field.dataset.text === person.caret.path);
      if (field) caret(person, field);
    }
  }
  function redraw() { drawing ??= requestAnimationFrame(draw); }
  for (const event of ["input", "scroll", "jospar:sent", "jospar:shown", "toggle"]) document.addEventListener(event, redraw, true);
  addEventListener("resize", redraw);
  // Fields are also moved by what changes above them, and resized by hand.
  setInterval(() => { if (layer.childElementCount) redraw(); }, 500);
  function meet() {
    people = (jospar.company ?? []).filter(person => !(person.own && person.slot === slot));
    redraw();
  }
  document.addEventListener("jospar:company", meet);

  const begin = () => { document.body.append(layer); meet(); say(); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
