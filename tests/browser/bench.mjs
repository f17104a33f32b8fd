// What a person waits for in the browser: `cargo xtask bench B`. One line of JSON for each workload.
//
// Arguments: the folder of the programs, the folder for everything that is made here. Nothing is subtracted.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Person, bin, browser, check, folder, letIn, running, startServer, stop } from "./people.mjs";

const COLD = 7;
const KEYS = 40;
// So far apart that each letter is sent by itself.
const PAUSE = 600;
const BROWSERS = [1, 5, 20];
const PLACE = "/plan/initiatives/in1", TEXT = "#f-initiatives-in1-chain-strategy-text";

const round = number => Math.round(number * 10) / 10;
function at(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}
const say = figures => console.log(JSON.stringify({ peer: "jospar", ...figures }));

// From the start of `jospar open` until its first page is shown, on a folder with the example plan.
async function cold(person) {
  const [running, shown] = [[], []];
  for (let run = 0; run < COLD; run++) {
    await person.look();
    const begun = performance.now();
    await person.run();
    running.push(performance.now() - begun);
    await person.enter();
    await person.page.waitForSelector("h1");
    shown.push(performance.now() - begun);
    await person.close();
  }
  say({ w: "B-cold", link_ms: at(running, 0.5), shown_ms: at(shown, 0.5), shown_max_ms: at(shown, 1), runs: COLD });
}

// From one page to the next: until the answer is there, and until it is shown, for every page of the menu, three times.
async function pages(person) {
  await person.open();
  await person.go("/");
  const links = await person.page.$$eval("#page > nav a", all => all.map(a => a.getAttribute("href")));
  const [answered, shown] = [[], []];
  for (let round = 0; round < 3; round++) {
    for (const link of links) {
      await person.go(link);
      const [answer, load] = await person.page.evaluate(() => {
        const { responseEnd, loadEventEnd } = performance.getEntriesByType("navigation")[0];
        return [responseEnd, loadEventEnd];
      });
      answered.push(answer);
      shown.push(load);
    }
  }
  await person.close();
  say({ w: "B-pages", pages: links.length, answer_p50_ms: at(answered, 0.5), answer_p99_ms: at(answered, 0.99),
    shown_p50_ms: at(shown, 0.5), shown_p99_ms: at(shown, 0.99) });
}

// A window on the text that writes down when its length was first seen: asked every few milliseconds, on the clock of the
// computer.
async function watched(person, page) {
  await page.goto(person.base + PLACE);
  await page.waitForSelector(TEXT);
  await page.focus(TEXT);
  await page.evaluate(id => {
    globalThis.seen = new Map();
    setInterval(() => {
      const { length } = document.querySelector(id).value;
      if (!seen.has(length)) seen.set(length, performance.timeOrigin + performance.now());
    }, 2);
  }, TEXT);
}

// One letter from the key to every other browser: through the author's node, the server, and the others' node.
async function keystroke(one, other) {
  const windows = [];
  for (const count of BROWSERS) {
    while (windows.length < count) {
      // Each is a browser of its own, with its own connections.
      if (windows.length) {
        other.link = JSON.parse(execFileSync(join(bin, "jospar"), [...other.args(), "open", "--no-browser"])).link;
        await other.look();
        await other.enter();
      }
      windows.push(other.page);
      await watched(other, other.page);
    }
    await one.go(PLACE);
    await one.page.focus(TEXT);
    await one.page.evaluate(id => {
      const field = document.querySelector(id);
      field.setSelectionRange(field.value.length, field.value.length);
      globalThis.typed = new Map();
      field.addEventListener("input", () => typed.set(field.value.length, performance.timeOrigin + performance.now()));
    }, TEXT);
    await one.page.waitForTimeout(1500);
    const times = [];
    for (let key = 0; key < KEYS; key++) {
      await one.page.keyboard.press("x");
      const [length, begun] = await one.page.evaluate(() => [...typed].at(-1));
      for (const page of windows) {
        await page.waitForFunction(length => seen.has(length), length, { polling: 20, timeout: 10_000 });
        times.push(await page.evaluate(length => seen.get(length), length) - begun);
      }
      await one.page.waitForTimeout(PAUSE);
    }
    say({ w: "B-keystroke", browsers: count, p50_ms: at(times, 0.5), p99_ms: at(times, 0.99), keys: KEYS });
  }
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let failed = false;
try {
  const one = new Person("Айда"), other = new Person("Болат");
  await one.open();
  await one.begin("Абай мектебі");
  await one.close();
  await cold(one);
  await pages(one);
  await one.open();
  const server = await startServer("server");
  await letIn(server, one, other);
  await keystroke(one, other);
  await other.close();
  await one.close();
  check("the server ends well", await stop(server.child, "SIGINT"), 0);
} catch (error) {
  failed = true;
  console.error(error.stack);
}
await browser.close();
for (const child of running) { child.removeAllListeners("exit"); child.kill(); }
process.exit(failed ? 1 : 0);
