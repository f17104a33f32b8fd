// People with a browser: programs that are started, a device for each person, and the page that they look at.
//
// Arguments of whoever imports this: the folder of the programs, and the folder for everything that is made.
import { spawn } from "node:child_process";
import { mkdirSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const [bin, work] = process.argv.slice(2);
const { chromium } = createRequire(join(work, "package.json"))("playwright-core");
export const folder = join(work, "run");
export const pictures = join(work, "pictures");
export const PATIENCE = 20_000;

export const running = [];
export function check(what, found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}\n  expected: ${JSON.stringify(expected)}\n  found:    ${JSON.stringify(found)}`);
  }
}
export function holds(what, fact) { if (!fact) throw new Error(what); }

// Starts a program and gives the JSON documents that it prints.
export function start(program, args, documents) {
  const child = spawn(join(bin, program), args, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  return new Promise((resolve, reject) => {
    let text = "";
    const found = [];
    const late = setTimeout(() => reject(new Error(`${program} says nothing`)), PATIENCE);
    createInterface({ input: child.stdout }).on("line", line => {
      text += line + "\n";
      try { found.push(JSON.parse(text)); text = ""; } catch { return; }
      if (found.length === documents) { clearTimeout(late); resolve({ child, found }); }
    });
    child.on("exit", code => reject(new Error(`${program} ended with ${code}`)));
  });
}

// Asks a program to end and gives its exit code.
export function stop(child, signal) {
  child.removeAllListeners("exit");
  const gone = new Promise(resolve => child.once("exit", resolve));
  child.kill(signal);
  return gone;
}

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox"],
});

// A person: a device, a page, and what went wrong in it.
export class Person {
  constructor(name) { this.name = name; this.home = join(folder, name); }
  args() { return ["--data", join(this.home, "data"), "--keys", join(this.home, "keys"), "--lang", "kk", "--json"]; }
  async open() {
    await this.run();
    await this.look();
    await this.enter();
    return this;
  }
  // The program, which prints where the page is.
  async run() {
    mkdirSync(join(this.home, "data"), { recursive: true });
    const args = [...this.args(), "open", "--no-browser", "--listen", "127.0.0.1:0", "--no-lan"];
    this.program = await start("jospar", args, 1);
    this.link = this.program.found[0].link;
    this.base = new URL(this.link).origin;
  }
  // A window with nothing in it.
  async look() {
    this.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" });
    this.context.setDefaultTimeout(PATIENCE);
    this.troubles = [];
    this.page = await this.tab();
  }
  async enter() {
    await this.page.goto(this.link);
    await this.page.waitForURL(url => !url.pathname.startsWith("/start"));
  }
  async tab() {
    const page = await this.context.newPage();
    page.on("pageerror", error => this.troubles.push(error.message));
    page.on("console", message => { if (message.type() === "error") this.troubles.push(message.text()); });
    return page;
  }
  go(path) { return this.page.goto(this.base + path); }
  async begin(school, plan = "example") {
    await this.page.fill("#school", school);
    await this.page.fill("#name", this.name);
    await this.page.check(`input[name=with][value=${plan}]`);
    await this.page.click("form[action='/welcome/new'] button");
    await this.page.waitForURL(this.base + "/page/head");
  }
  async picture(name, page = this.page) { await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true }); }
  async close() {
    await this.context.close();
    check(`${this.name}: nothing goes wrong in the page`, this.troubles, []);
    check("jospar quits well on Ctrl-C", await stop(this.program.child, "SIGINT"), 0);
  }
}

// A server in a folder of this name; with `where` the one that was there before, at the same place.
export function startServer(name, where) {
  const args = ["--data", join(folder, name), "--json", "run", "--listen", where ?? "127.0.0.1:0"];
  return start("jospar-server", args, where ? 1 : 2);
}

// A person's school takes a place on the server, and another person is let in; `look` sees whose page shows what on the way.
export async function letIn(server, person, other, look = async () => {}) {
  await person.go("/devices");
  await person.page.fill("#claim-link", server.found[1].claim);
  await person.page.click("form[action='/claim'] button");
  await person.page.waitForFunction(() => !document.querySelector("#claim-link"));
  await person.page.click("form[action='/invite'] button");
  const link = await person.page.inputValue("input.link");
  await look(person, "invite");
  await other.open();
  await other.page.fill("#link", link);
  await other.page.fill("#joiner", other.name);
  await other.page.click("form[action='/welcome/join'] button");
  const words = await other.page.textContent("p.words");
  await look(other, "waiting");
  await person.go("/devices");
  await person.page.waitForSelector("form[action='/confirm']");
  check("both see the same four words", await person.page.textContent("p.words"), words);
  await look(person, "asks");
  await person.page.click("form[action='/confirm'] button");
  await other.page.waitForURL(other.base + "/");
}
