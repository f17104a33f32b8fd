// Stories of the page, told by real browsers over real nodes and a real server: `cargo xtask web-test`.
//
// Each person has a folder, a `jospar open` and a browser context of their own. Pictures of every page land beside the
// folders. Arguments: the folder of the programs, the folder for everything that is made here.
import { spawn, execFileSync } from "node:child_process";
import { mkdirSync, rmSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [bin, work, only = ""] = process.argv.slice(2);
const { chromium } = createRequire(join(work, "package.json"))("playwright-core");
const folder = join(work, "run");
const pictures = join(work, "pictures");
const PATIENCE = 20_000;

const running = [];
function check(what, found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}\n  expected: ${JSON.stringify(expected)}\n  found:    ${JSON.stringify(found)}`);
  }
}
function holds(what, fact) { if (!fact) throw new Error(what); }

// Starts a program and gives the JSON documents that it prints.
function start(program, args, documents) {
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
function stop(child, signal) {
  child.removeAllListeners("exit");
  const gone = new Promise(resolve => child.once("exit", resolve));
  child.kill(signal);
  return gone;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox"],
});

// A person: a device, a page, and what went wrong in it.
class Person {
  constructor(name) { this.name = name; this.home = join(folder, name); }
  args() { return ["--data", join(this.home, "data"), "--keys", join(this.home, "keys"), "--lang", "kk", "--json"]; }
  async open() {
    mkdirSync(join(this.home, "data"), { recursive: true });
    const args = [...this.args(), "open", "--no-browser", "--listen", "127.0.0.1:0", "--no-lan"];
    this.program = await start("jospar", args, 1);
    this.link = this.program.found[0].link;
    this.base = new URL(this.link).origin;
    this.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" });
    this.context.setDefaultTimeout(PATIENCE);
    this.troubles = [];
    this.page = await this.tab();
    await this.page.goto(this.link);
    await this.page.waitForURL(url => !url.pathname.startsWith("/start"));
    return this;
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

const saved = page => page.waitForFunction(() => document.querySelector("#save").classList.contains("shown")
  && !document.querySelector("#save").classList.contains("bad"));
const value = (page, id) => page.inputValue(id);
const until = (page, id, text) => page.waitForFunction(
  ([id, text]) => document.querySelector(id)?.value.includes(text), [id, text]);

const stories = {
  async "бірінші іске қосу, үлгі жоспар, KPI өзгерту"() {
    const aigul = await new Person("Айгүл").open();
    await aigul.picture("welcome");
    await aigul.begin("№5 мектеп-лицей");
    await aigul.go("/page/kpis");
    await aigul.page.click("text=Жекелендірілген тапсырма берілген сабақтар үлесі");
    await aigul.page.fill("#f-kpis-k2-actual", "24,5");
    await aigul.page.press("#f-kpis-k2-actual", "Tab");
    await saved(aigul.page);
    await aigul.page.reload();
    check("the value is there after a reload", await value(aigul.page, "#f-kpis-k2-actual"), "24,5");
    await aigul.page.fill("#f-kpis-k2-actual", "көп");
    await aigul.page.press("#f-kpis-k2-actual", "Tab");
    await aigul.page.waitForSelector("#save.bad");
    aigul.troubles = aigul.troubles.filter(text => !text.includes("422"));
    await aigul.go("/page/kpis");
    holds("progress is shown", (await aigul.page.textContent("table.kpis")).includes("52%"));
    // A second `jospar open` joins the running one.
    const told = execFileSync(join(bin, "jospar"), [...aigul.args(), "open", "--no-browser"], { encoding: "utf8" });
    check("one page for one folder", new URL(JSON.parse(told).link).origin, aigul.base);
    await aigul.close();
  },

  async "екі адам, бір сервер, бір абзац"() {
    const server = await start("jospar-server", ["--data", join(folder, "server"), "--json", "run", "--listen", "127.0.0.1:0"], 2);
    const aida = await new Person("Айда").open();
    await aida.begin("Абай мектебі");
    await aida.go("/devices");
    await aida.page.fill("#claim-link", server.found[1].claim);
    await aida.page.click("form[action='/claim'] button");
    await aida.page.waitForFunction(() => !document.querySelector("#claim-link"));
    await aida.page.click("form[action='/invite'] button");
    const link = await aida.page.inputValue("input.link");
    await aida.picture("invite");
    const bolat = await new Person("Болат").open();
    await bolat.page.fill("#link", link);
    await bolat.page.fill("#joiner", "Болат");
    await bolat.page.click("form[action='/welcome/join'] button");
    const words = await bolat.page.textContent("p.words");
    await bolat.picture("waiting");
    await aida.go("/devices");
    await aida.page.waitForSelector("form[action='/confirm']");
    check("both see the same four words", await aida.page.textContent("p.words"), words);
    await aida.picture("asks");
    await aida.page.click("form[action='/confirm'] button");
    await bolat.page.waitForURL(bolat.base + "/");
    await bolat.page.waitForFunction(() => document.body.textContent.includes("Абай мектебі"));

    const place = "/plan/initiatives/in1", id = "#f-initiatives-in1-chain-strategy-text";
    await aida.go(place);
    await bolat.go(place);
    await until(bolat.page, id, "Директор");
    const was = await value(aida.page, id);
    await aida.page.focus(id);
    await bolat.page.focus(id);
    await aida.page.evaluate(id => document.querySelector(id).setSelectionRange(0, 0), id);
    await bolat.page.evaluate(id => { const t = document.querySelector(id); t.setSelectionRange(t.value.length, t.value.length); }, id);
    const [first, last] = ["Айда мұны алдына жазды. ", " Болат мұны соңына жазды."];
    await Promise.all([aida.page.keyboard.type(first, { delay: 70 }), bolat.page.keyboard.type(last, { delay: 90 })]);
    await until(aida.page, id, last);
    await until(bolat.page, id, first);
    const both = first + was + last;
    check("Aida sees the letters of both", await value(aida.page, id), both);
    check("Bolat sees the letters of both", await value(bolat.page, id), both);
    const caret = await aida.page.evaluate(id => document.querySelector(id).selectionStart, id);
    check("the caret stays where it was", caret, first.length);
    // The state says who has it, once they have.
    await aida.page.waitForFunction(() => document.querySelector("#state").textContent.includes("Болат"));

    // A value that one changes comes to the other, who is in another field of the same page.
    await aida.go("/plan/kpis/k1");
    await bolat.go("/plan/kpis/k1");
    await aida.page.fill("#f-kpis-k1-unit", "әлдеқашан");
    await bolat.page.focus("#f-kpis-k1-baseline");
    await aida.page.press("#f-kpis-k1-unit", "Tab");
    await until(bolat.page, "#f-kpis-k1-unit", "әлдеқашан");
    check("a focused field is not replaced", await bolat.page.evaluate(() => document.activeElement.id), "f-kpis-k1-baseline");

    // Without the server both change one value; when it is back both values are shown, and one click decides.
    await stop(server.child, "SIGTERM");
    for (const [person, unit] of [[aida, "ұпай"], [bolat, "балл"]]) {
      await person.go("/plan/kpis/k1");
      await person.page.fill("#f-kpis-k1-unit", unit);
      await person.page.press("#f-kpis-k1-unit", "Tab");
      await saved(person.page);
    }
    const again = await start("jospar-server", ["--data", join(folder, "server"), "--json", "run", "--listen", server.found[0].listening], 1);
    await aida.page.waitForSelector(".conflict", { timeout: 60_000 });
    await bolat.page.waitForSelector(".conflict", { timeout: 60_000 });
    const told = await aida.page.textContent(".conflict");
    holds("both values and both names are shown", ["ұпай", "балл", "Айда", "Болат"].every(word => told.includes(word)));
    await aida.picture("conflict");
    await aida.page.click(".conflict button:has-text('балл')");
    await aida.page.waitForFunction(() => !document.querySelector(".conflict"));
    check("the chosen value stands", await value(aida.page, "#f-kpis-k1-unit"), "балл");
    await bolat.page.waitForFunction(() => !document.querySelector(".conflict"), null, { timeout: 60_000 });

    await aida.go("/");
    await aida.picture("overview-two");
    await bolat.close();
    await aida.close();
    await stop(again.child, "SIGTERM");
  },

  async "үш тіл және әр беттің суреті"() {
    const gulnar = await new Person("Гүлнар").open();
    await gulnar.begin("№3 мектеп");
    const title = { kk: "Тәуекелдер", ru: "Риски", en: "Risks" };
    for (const [language, heading] of Object.entries(title)) {
      await gulnar.go("/page/risks");
      await gulnar.page.click(`button[value=${language}]`);
      await gulnar.page.waitForFunction(text => document.querySelector("h1").textContent === text, heading);
      check("the page says its language", await gulnar.page.getAttribute("html", "lang"), language);
    }
    await gulnar.page.click("button[value=kk]");
    await gulnar.page.waitForFunction(() => document.documentElement.lang === "kk");
    const links = await gulnar.page.$$eval("#page > nav a", all => all.map(a => a.getAttribute("href")));
    for (const link of links) {
      await gulnar.go(link);
      await gulnar.picture("page" + link.replaceAll("/", "-"));
      const wide = await gulnar.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      holds(`${link} fits its width (${wide})`, wide <= 0);
      await gulnar.page.setViewportSize({ width: 640, height: 900 });
      const narrow = await gulnar.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      holds(`${link} fits at 200 % (${narrow})`, narrow <= 0);
      await gulnar.page.setViewportSize({ width: 1280, height: 900 });
      const bare = await gulnar.page.$$eval("input:not([type=hidden]), select, textarea", all => all
        .filter(f => !f.labels?.length && !f.getAttribute("aria-label")).map(f => f.id || f.name));
      check(`every field of ${link} has a label`, bare, []);
    }
    await gulnar.go("/paper/doc1");
    await gulnar.picture("paper");
    await gulnar.go("/print");
    await gulnar.page.evaluate(() => document.fonts.ready);
    const styles = await gulnar.page.evaluate(() => Promise.all(["", "bold ", "italic ", "italic bold "]
      .map(style => document.fonts.load(`${style}12pt "Jospar Serif"`, "ӘәҒғҚқҢңӨөҰұҮүҺһІі").then(faces => faces.length))));
    check("the fonts of the paper are there", styles, [1, 1, 1, 1]);
    await gulnar.page.pdf({ path: join(pictures, "plan.pdf"), preferCSSPageSize: true, printBackground: true });
    await gulnar.close();
  },

  async "тек пернетақтамен"() {
    const dana = await new Person("Дана").open();
    await dana.begin("№1 мектеп");
    const { page } = dana;
    await dana.go("/page/risks");
    const focus = async wanted => {
      for (let presses = 0; presses < 400; presses++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(wanted => document.activeElement.matches(wanted), wanted)) return;
      }
      throw new Error(`Tab never reaches ${wanted}`);
    };
    await focus("#f-risks-new");
    await page.keyboard.type("Интернет үзілуі");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("h1").textContent === "Интернет үзілуі");
    await focus("[name=value][id$=likelihood]");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check("focus is seen", outline, "solid");
    await page.keyboard.type("4");
    await page.keyboard.press("Enter");
    await saved(page);
    await page.reload();
    check("what was typed is kept", await value(page, "[name=value][id$=likelihood]"), "4");
    holds("Enter does not lead away", page.url().includes("/plan/risks/"));
    await dana.close();
  },
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
let failed = 0;
for (const [name, story] of Object.entries(stories)) {
  if (!name.includes(only)) continue;
  const begun = Date.now();
  try {
    await story();
    console.log(`ok      ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`failed  ${name}\n${error.stack}`);
  }
}
await browser.close();
for (const child of running) { child.removeAllListeners("exit"); child.kill(); }
process.exit(failed ? 1 : 0);
