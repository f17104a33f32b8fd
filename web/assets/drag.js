// What is moved by hand: cards between columns, things in their order, places of the map. A handle takes the pointer (a card
// or a place is one itself for a mouse) and the arrow keys. The forms below do the same without this script.
"use strict";
(() => {
  document.documentElement.classList.add("drags");
  const far = 4;
  // How near an edge the pointer must come for what is behind it to be scrolled to, and the most that a frame scrolls, in pixels.
  const edge = 48, step = 18;
  const plain = "a, button, input, select, textarea, label, summary";
  const clamp = number => Math.min(100, Math.max(0, Math.round(number)));
  let moving, focusAfter;
  jospar.holds = () => Boolean(moving);

  // Where the pointer or a key may take something, by what it is: `over(x, y)` shows the place, `drop()` goes there.
  function card(slip) {
    const from = slip.closest("[data-column]");
    let to = from;
    const mark = column => {
      to?.classList.remove("over");
      to = column ?? from;
      if (to !== from) to.classList.add("over");
    };
    return {
      moved: slip,
      board: from.parentElement,
      over: (x, y) => mark(document.elementsFromPoint(x, y).map(element => element.closest("[data-column]")).find(Boolean)),
      end: () => to.classList.remove("over"),
      drop: () => to !== from && ["/set", { path: `${slip.dataset.card}/state`, value: to.dataset.column }],
      key(across) {
        const all = [...from.parentElement.querySelectorAll(":scope > [data-column]")];
        mark(all[all.indexOf(from) + across]);
        return across !== 0;
      },
    };
  }

  const idOf = element => element?.dataset.item.split("/").pop() ?? "";
  function row(item) {
    const all = [...item.parentElement.children].filter(other => other.dataset.item !== undefined);
    const from = all.indexOf(item);
    let to = from;
    const show = () => {
      for (const other of all) other.classList.remove("above", "below");
      if (to !== from) all[to].classList.add(to < from ? "above" : "below");
    };
    return {
      moved: item,
      over(x, y) {
        const middle = other => { const box = other.getBoundingClientRect(); return box.top + box.height / 2; };
        to = all.filter((other, place) => place !== from && middle(other) < y).length;
        show();
      },
      end: () => { to = from; show(); },
      drop() {
        const others = all.filter(other => other !== item);
        return to !== from && ["/move", { path: item.dataset.item, after: idOf(others[to - 1]) }];
      },
      key(across, down) { to = Math.min(all.length - 1, Math.max(0, from + down)); return down !== 0; },
    };
  }

  function room(place) {
    const svg = place.ownerSVGElement;
    const [x, y] = [Number(place.dataset.x), Number(place.dataset.y)];
    let to = [x, y];
    return {
      moved: place,
      over(left, top, across, down) {
        const box = svg.getBoundingClientRect();
        to = [clamp(x + across / box.width * 100), clamp(y + down / box.height * 100)];
      },
      end() {},
      drop: () => String(to) !== String([x, y]) && ["/place", { path: place.dataset.room, x: to[0], y: to[1] }],
      key(across, down) { to = [clamp(x + across * 5), clamp(y + down * 5)]; return true; },
    };
  }

  function find(target) {
    const [slip, item, place] = ["[data-card]", "[data-item]", "[data-room]"].map(name => target.closest?.(name));
    if (place) return room(place);
    if (slip) return card(slip);
    return item && target.closest(".handle") ? row(item) : undefined;
  }

  // What is moved leaves its place for the window, where no edge of a board clips it, and a gap of its size stays behind.
  function lift() {
    const { moved } = moving.what;
    moving.begun = true;
    moved.classList.add("moving");
    if (moved.dataset.room) return;
    const { left, top, width, height } = moved.getBoundingClientRect();
    moving.gap = document.createElement(moved.tagName);
    moving.gap.className = "gap";
    moving.gap.style.height = `${height}px`;
    moved.before(moving.gap);
    moved.classList.add("lifted");
    Object.assign(moved.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  }

  // Near an edge of the board or of the window what is behind it comes, as long as the pointer stays there.
  const near = inside => Math.min(1, Math.max(0, 1 - inside / edge));
  const pull = (at, low, high) => Math.round(step * (near(high - at) - near(at - low)));
  function scroll() {
    if (!moving?.gap) return;
    const { what, at: [x, y] } = moving;
    const box = what.board?.getBoundingClientRect();
    what.board?.scrollBy(pull(x, Math.max(0, box.left), Math.min(innerWidth, box.right)), 0);
    scrollBy(0, pull(y, 0, innerHeight));
    what.over(x, y);
    requestAnimationFrame(scroll);
  }

  function stop(drop) {
    const { what, id, gap } = moving;
    moving = undefined;
    gap?.remove();
    what.moved.classList.remove("moving", "lifted");
    what.moved.removeAttribute("style");
    const asked = drop && what.drop();
    what.end();
    if (!asked) return;
    focusAfter = id;
    jospar.post(...asked);
  }

  document.addEventListener("pointerdown", event => {
    const { target, button, clientX, clientY, pointerType } = event;
    const handle = target.closest?.(".handle");
    const own = target.closest?.("[data-room]");
    if (button || (!handle && !own && (pointerType !== "mouse" || target.closest?.(plain)))) return;
    const what = find(target);
    if (what) moving = { what, from: [clientX, clientY], id: (handle ?? own)?.id, begun: false };
  });
  addEventListener("pointermove", event => {
    if (!moving) return;
    const [across, down] = [event.clientX - moving.from[0], event.clientY - moving.from[1]];
    if (!moving.begun && Math.hypot(across, down) < far) return;
    moving.at = [event.clientX, event.clientY];
    getSelection().removeAllRanges();
    if (!moving.begun) {
      lift();
      scroll();
    }
    moving.what.moved.style.translate = `${across}px ${down}px`;
    moving.what.over(event.clientX, event.clientY, across, down);
  });
  // The click that ends a move is none.
  let quiet = false;
  addEventListener("pointerup", () => {
    quiet = Boolean(moving?.begun);
    if (quiet) setTimeout(() => { quiet = false; }, 0);
    if (moving) stop(moving.begun);
  });
  addEventListener("pointercancel", () => { if (moving) stop(false); });
  addEventListener("click", event => { if (quiet) event.preventDefault(); }, true);
  document.addEventListener("dragstart", event => { if (moving || event.target.closest?.("[data-card], [data-room]")) event.preventDefault(); });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && moving) return stop(false);
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const held = event.target.closest?.(".handle, [data-room]");
    const what = held && arrows[event.key] && find(held);
    if (!what || !what.key(...arrows[event.key])) return;
    event.preventDefault();
    moving = { what, id: held.id };
    stop(true);
  });
  // Whoever moved something with keys goes on from there.
  document.addEventListener("jospar:shown", () => {
    const held = focusAfter && document.getElementById(focusAfter);
    focusAfter = undefined;
    if (!held) return;
    if (document.activeElement !== held) held.focus({ preventScroll: true });
    held.closest("[data-card]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
})();
