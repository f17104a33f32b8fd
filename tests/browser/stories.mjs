// Stories of the page, told by real browsers over real nodes and a real server: `cargo xtask web-test`.
//
// Each person has a folder, a `jospar open` and a browser context of their own. Pictures of every page land beside the
// folders. Arguments: the folder of the programs, the folder for everything that is made here.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import {
  PATIENCE, Person, bin, browser, check, folder, holds, letIn, pictures, running, startServer, stop, work,
} from "./people.mjs";

const only = process.argv[4] ?? "";
const axe = readFileSync(join(work, "node_modules", "axe-core", "axe.min.js"), "utf8");
const data = join(import.meta.dirname, "..", "..", "data");

const saved = page => page.waitForFunction(() => document.querySelector("#save").classList.contains("shown")
  && !document.querySelector("#save").classList.contains("bad"));
const value = (page, id) => page.inputValue(id);
const until = (page, id, text) => page.waitForFunction(
  ([id, text]) => document.querySelector(id)?.value.includes(text), [id, text]);

// More windows than a browser keeps connections to one place: those that nobody sees give theirs back, and hear again what
// has changed once they are seen.
async function manyWindows(person) {
  const see = (page, seen) => page.evaluate(seen => {
    Object.defineProperty(document, "hidden", { value: !seen, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, seen);
  await person.go("/page/kpis");
  await see(person.page, false);
  const windows = [];
  for (let count = 0; count < 8; count++) {
    const page = await person.tab();
    await page.goto(person.base + "/plan/kpis/k2");
    await see(page, false);
    windows.push(page);
  }
  const last = windows.at(-1);
  await see(last, true);
  await last.fill("#f-kpis-k2-actual", "26,5");
  await last.press("#f-kpis-k2-actual", "Tab");
  await saved(last);
  await see(person.page, true);
  await person.page.waitForFunction(() => document.querySelector("table.kpis").textContent.includes("26,5"));
  for (const page of windows) await page.close();
}

// Each sees the other's name and caret; the caret stays at its letter while the other writes, and goes with its person.
async function company(one, other, id, first) {
  const caretOf = name => `.caret[data-of="${name}"]`;
  const place = (page, of) => page.evaluate(([of, id]) => {
    const [caret, field] = [of, id].map(name => document.querySelector(name).getBoundingClientRect());
    return [Math.round(caret.left - field.left), Math.round(caret.top - field.top)];
  }, [of, id]);
  await one.page.waitForSelector(caretOf(other.name), { state: "attached" });
  await other.page.waitForSelector(caretOf(one.name), { state: "attached" });
  for (const [person, met] of [[one, other], [other, one]]) {
    await person.page.waitForFunction(name => document.querySelector("#company").textContent === `Бұл бетте: ${name}`, met.name);
    check(`nothing serious hinders ${person.name} beside a caret`, await hindrances(person.page), []);
  }
  // One's caret stands behind what one has written: the copy of the field says where that is.
  const wanted = await other.page.evaluate(([id, at]) => {
    const field = document.querySelector(id);
    field.setSelectionRange(at, at);
    return at;
  }, [id, first.length]);
  check("the place is the one asked for", wanted, first.length);
  await one.picture("carets", other.page);
  // A picture of the whole page moves what is on it; carets follow within half a second.
  await other.page.waitForTimeout(700);
  const before = await place(other.page, caretOf(one.name));
  // The other writes behind it: it stays. Then before it: it goes along with its letter.
  await other.page.evaluate(id => { const t = document.querySelector(id); t.setSelectionRange(t.value.length, t.value.length); }, id);
  await other.page.keyboard.type(" Соңы.", { delay: 30 });
  await until(one.page, id, " Соңы.");
  await other.page.waitForTimeout(700);
  check("a caret stays at its letter", await place(other.page, caretOf(one.name)), before);
  await other.page.evaluate(id => document.querySelector(id).setSelectionRange(0, 0), id);
  await other.page.keyboard.type("Ең басы. ", { delay: 30 });
  await until(one.page, id, "Ең басы. ");
  await other.page.waitForFunction(([of, id, left]) => {
    const [caret, field] = [of, id].map(name => document.querySelector(name).getBoundingClientRect());
    return Math.round(caret.left - field.left) > left + 20;
  }, [caretOf(one.name), id, before[0]]);
  const own = await one.page.evaluate(id => document.querySelector(id).selectionStart, id);
  check("one's own caret went along, too", own, first.length + "Ең басы. ".length);
  const shown = await other.page.evaluate(() => getComputedStyle(document.querySelector("#carets")).pointerEvents);
  check("a caret is in nobody's way", shown, "none");
  await other.page.emulateMedia({ media: "print" });
  check("carets are not printed", await other.page.isVisible("#carets"), false);
  await other.page.emulateMedia({ media: null });
  // A second window of one person is seen by the other, and by the first.
  const window = await one.tab();
  await window.goto(one.base + "/page/risks");
  await one.page.waitForFunction(() => document.querySelector("#company").textContent.startsWith("Бұл бетте"));
  const link = `#company a:text-is("${other.name}")`;
  await window.waitForSelector(link);
  check("a name leads to its page", new URL(await window.getAttribute(link, "href"), one.base).pathname, new URL(other.page.url()).pathname);
  await window.close();
  // Whoever leaves is gone.
  await one.go("/page/kpis");
  await other.page.waitForSelector(caretOf(one.name), { state: "detached" });
  await other.page.waitForFunction(name => document.querySelector("#company").textContent === `Басқа бетте: ${name}`, one.name);
}

// A photo with its place, as a telephone writes it: a real picture, and an EXIF block with a made-up place put into it.
async function photo(page) {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 32];
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#0b6b63";
    drawing.fillRect(0, 0, 64, 32);
    return canvas.toDataURL("image/jpeg").split(",")[1];
  });
  const jpeg = Buffer.from(base64, "base64");
  // Lies on its side (6), and says where it was taken.
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1,
    1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]), Buffer.from("GPS 43.2389N 76.8897E")]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2), Buffer.from("GPS behind the picture")]);
}

// A photo that one drops on the page is seen by the other, without the place where it was taken; what is no picture and no
// paper is refused in words.
async function photos(one, other) {
  const { page } = one;
  await one.go("/page/evidence");
  const bytes = await photo(page);
  holds("the photo says where it was taken", bytes.includes("GPS"));
  const dropped = await page.evaluateHandle(([base64, name]) => {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    return data;
  }, [bytes.toString("base64"), "8Ә сабағы.jpg"]);
  await page.dispatchEvent(".drop", "drop", { dataTransfer: dropped });
  await page.waitForURL("**/plan/evidence/**");
  const seen = shown => { const image = document.querySelector(".shot img"); return image?.complete && image.naturalWidth === shown; };
  // It lies on its side: what says so is kept.
  await page.waitForFunction(seen, 32);
  check("nothing serious hinders beside a photo", await hindrances(page), []);
  await one.picture("photo");
  await other.page.goto(other.base + new URL(page.url()).pathname);
  await other.page.waitForFunction(seen, 32);
  const address = await other.page.getAttribute(".shot img", "src");
  const kept = await other.page.evaluate(async address => {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    return [bytes.length, new TextDecoder("latin1").decode(bytes).includes("GPS")];
  }, address);
  check("the colleague's photo says nothing of the place", kept[1], false);
  await one.go("/page/evidence");
  await page.waitForFunction(() => document.querySelector(".gallery img")?.naturalWidth === 32);
  check("nothing serious hinders beside pictures", await hindrances(page), []);
  await page.setInputFiles("#files-new", { name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") });
  await page.waitForFunction(() => document.querySelector("#save.bad")?.textContent.includes("a.svg"));
  // The refusal is an answer of the server, which the browser also writes to its console.
  one.troubles = one.troubles.filter(text => !text.includes("422"));
}

// What hinders people on a page, as far as a program can see it: nothing serious may.
async function hindrances(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => `${v.id}: ${v.nodes[0].html}`);
}

// A language model that writes one sentence, and keeps what it was sent.
function model(sentence) {
  const sent = [];
  const server = createServer((request, answer) => {
    let body = "";
    request.on("data", data => { body += data; });
    request.on("end", () => {
      if (request.method === "GET") {
        answer.setHeader("content-type", "application/json");
        return answer.end('{"object":"list","data":[{"id":"m"}]}');
      }
      sent.push(body);
      answer.setHeader("content-type", "text/event-stream");
      const piece = value => answer.write(`data: ${JSON.stringify(value)}\n\n`);
      for (const word of sentence.split(/(?<= )/)) piece({ choices: [{ delta: { content: word } }] });
      piece({ choices: [{ delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 10, completion_tokens: 9 } });
      answer.end("data: [DONE]\n\n");
    });
  });
  return new Promise(resolve => server.listen(0, "127.0.0.1", () => resolve({ server, sent, url: `http://127.0.0.1:${server.address().port}` })));
}

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
    await manyWindows(aigul);
    await aigul.close();
  },

  async "екі адам, бір сервер, бір абзац"() {
    const server = await startServer("server");
    const aida = await new Person("Айда").open();
    await aida.begin("Абай мектебі");
    const bolat = new Person("Болат");
    await letIn(server, aida, bolat, (person, name) => person.picture(name));
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
    await company(aida, bolat, id, first);
    // The state says who has it, once they have.
    await aida.page.waitForFunction(() => document.querySelector("#state").textContent.includes("Болат"));

    await photos(aida, bolat);

    // A value that one changes comes to the other, who is in another field of the same page.
    await aida.go("/plan/kpis/k1");
    await bolat.go("/plan/kpis/k1");
    await aida.page.fill("#f-kpis-k1-unit", "әлдеқашан");
    await bolat.page.focus("#f-kpis-k1-baseline");
    await aida.page.press("#f-kpis-k1-unit", "Tab");
    await until(bolat.page, "#f-kpis-k1-unit", "әлдеқашан");
    check("a focused field is not replaced", await bolat.page.evaluate(() => document.activeElement.id), "f-kpis-k1-baseline");

    // A plugin that one teacher installs and offers reaches the other with the plan; each decides for their own device.
    const slow = { timeout: 90_000 };
    const install = async person => {
      await person.page.check("#unsigned");
      await person.page.click("form[action='/install'] button");
      await person.page.waitForURL("**/plugins/my-plugin**", slow);
    };
    await aida.go("/plugins");
    await aida.page.setInputFiles("#package", join(data, "..", "plugins", "templates", "js", "plugin.js"));
    await aida.page.waitForURL("**/install/**");
    await aida.picture("plugin-asks");
    await install(aida);
    await aida.page.click("form[action='/plugins/publish'] button");
    await aida.page.waitForFunction(() => !document.querySelector("form[action='/plugins/publish']"));
    await bolat.go("/plugins");
    await bolat.page.waitForSelector("form[action='/plugins/take']", slow);
    await bolat.page.click("form[action='/plugins/take'] button");
    await bolat.page.waitForURL("**/install/**");
    await install(bolat);
    await bolat.page.click("form[action='/plugins/run'] button");
    await bolat.page.waitForSelector(".report", slow);

    // Without the server both change one value; when it is back both values are shown, and one click decides.
    await stop(server.child, "SIGTERM");
    for (const [person, unit] of [[aida, "ұпай"], [bolat, "балл"]]) {
      await person.go("/plan/kpis/k1");
      await person.page.fill("#f-kpis-k1-unit", unit);
      await person.page.press("#f-kpis-k1-unit", "Tab");
      await saved(person.page);
    }
    const again = await startServer("server", server.found[0].listening);
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
    const menu = await gulnar.page.$$eval("#page > nav a", all => all.map(a => a.getAttribute("href")));
    const links = [...menu, "/plan/initiatives/in1", "/plan/design_thinking/dt1", "/plan/documents/doc1", "/plan/surveys/sv1"];
    for (const link of links) {
      await gulnar.go(link);
      await gulnar.picture("page" + link.replaceAll("/", "-"));
      const wide = await gulnar.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      holds(`${link} fits its width (${wide})`, wide <= 0);
      for (const [width, what] of [[640, "200 %"], [390, "a telephone"]]) {
        await gulnar.page.setViewportSize({ width, height: 900 });
        const narrow = await gulnar.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        holds(`${link} fits at ${what} (${narrow})`, narrow <= 0);
      }
      await gulnar.page.setViewportSize({ width: 1280, height: 900 });
      const bare = await gulnar.page.$$eval("input:not([type=hidden]), select, textarea", all => all
        .filter(f => !f.labels?.length && !f.getAttribute("aria-label")).map(f => f.id || f.name));
      check(`every field of ${link} has a label`, bare, []);
      check(`nothing serious hinders on ${link}`, await hindrances(gulnar.page), []);
    }
    // What a reader of the README sees first: the window, not the whole page.
    await gulnar.page.setViewportSize({ width: 1280, height: 800 });
    for (const [name, link] of [["overview", "/"], ["map", "/page/map"], ["swot", "/page/swot"]]) {
      await gulnar.go(link);
      await gulnar.page.screenshot({ path: join(pictures, `readme-${name}.png`) });
    }
    await gulnar.page.setViewportSize({ width: 1280, height: 900 });
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

stories["сауалнамадан бұйрыққа дейін"] = async () => {
  const asem = await new Person("Әсем").open();
  await asem.begin("№7 мектеп");
  const { page } = asem;
  const run = async () => {
    await page.click("form[action='/plugins/run'] button");
    await page.waitForLoadState();
  };
  const allow = async () => {
    const button = page.locator("form[action='/plugins/decide']:has(input[name=granted][value=yes]) button");
    while (await button.count()) { await button.first().click(); await page.waitForLoadState(); }
  };
  // Answers come in as a proposal, and enter the plan when they are accepted.
  await asem.go("/plugins/survey?task=import");
  await page.setInputFiles("#task-file", join(data, "teacher-survey.csv"));
  await page.waitForSelector(".report");
  await page.click("form[action='/plugins/accept'] button");
  await page.waitForSelector(".mark.good");
  await asem.go("/plugins/survey");
  await allow();
  await run();
  await page.waitForSelector(".chart svg");
  holds("numbers have their method", (await page.textContent(".report")).includes("әдіс"));
  await asem.picture("survey-report");
  check("nothing serious hinders in a report", await hindrances(page), []);
  // A new initiative answers what the survey showed.
  await asem.go("/page/initiatives");
  await page.fill("#f-initiatives-new", "AI бойынша апталық семинар");
  await page.press("#f-initiatives-new", "Enter");
  await page.waitForFunction(() => document.querySelector("h1").textContent === "AI бойынша апталық семинар");
  // The order is drafted from the plan; every name and number of it is looked up there.
  await asem.go("/plugins/draft?task=order");
  await run();
  await page.waitForSelector(".proposal");
  await page.click("form[action='/plugins/accept'] button");
  await page.waitForSelector(".mark.good");
  await asem.go("/page/documents");
  const paper = (await page.$$eval("a.name", all => all.map(a => a.getAttribute("href")))).filter(p => p.startsWith("/plan/documents/")).pop();
  await asem.go(paper.replace("/plan/documents/", "/paper/"));
  const text = await page.textContent("article.order");
  holds("it is an order", ["БҰЙРЫҚ", "БҰЙЫРАМЫН", "Директор"].every(word => text.includes(word)));
  await asem.picture("order");
  await page.pdf({ path: join(pictures, "order.pdf"), preferCSSPageSize: true, printBackground: true });
  await asem.close();
};

stories["модельге жіберілетін мәтін алдымен көрсетіледі"] = async () => {
  const marat = await new Person("Марат").open();
  await marat.begin("№9 мектеп");
  const { page } = marat;
  const { server, sent, url } = await model("Жұмыс жүйелі түрде жүргізілсін.");
  await marat.go("/model");
  await page.fill("#model-url", url);
  await page.fill("#model-model", "m");
  await page.click("form[action='/model'] button");
  await page.waitForSelector("form[action='/model/test']");
  await page.click("form[action='/model/test'] button");
  await page.waitForSelector("[role=status].call");
  await marat.go("/plugins/draft?task=order");
  const allow = page.locator("form[action='/plugins/decide']:has(input[value=llm]) button");
  await allow.first().click();
  await page.waitForLoadState();
  await page.click("form[action='/plugins/run'] button");
  await page.waitForSelector("pre.bytes");
  check("nothing was sent yet", sent, []);
  const shown = await page.textContent("pre.bytes");
  holds("the person's name stays here", !shown.includes("Марат"));
  await marat.picture("consent");
  const yes = page.locator("form[action='/plugins/run']:has([name^='send:']) button");
  for (let asked = 0; asked < 5 && await yes.count(); asked++) { await yes.click(); await page.waitForLoadState(); }
  holds("what was sent is what was shown", sent.length > 0 && shown.includes(sent[0]));
  await page.waitForSelector(".report");
  server.close();
  await marat.close();
};

stories["терминалсыз жабу"] = async () => {
  const zere = await new Person("Зере").open();
  await zere.begin("№4 мектеп", "empty");
  const gone = new Promise(resolve => { zere.program.child.removeAllListeners("exit"); zere.program.child.once("exit", resolve); });
  await zere.page.click("form[action='/quit'] button");
  await zere.page.waitForFunction(() => document.body.textContent.includes("сақталды"));
  check("the program ends well", await gone, 0);
  await zere.context.close();
};

stories["сүйреп жылжыту"] = async () => {
  const olzhas = await new Person("Олжас").open();
  await olzhas.begin("№6 мектеп");
  const { page } = olzhas;
  const middle = async selector => {
    const box = await page.locator(selector).first().boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const drag = async (from, to) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 8 });
    await page.mouse.up();
  };
  // A card goes to another column by the mouse, and on by the arrow keys.
  await olzhas.go("/page/initiatives?view=board");
  const card = "[data-card='initiatives/in1']", column = state => `[data-column='${state}']`;
  const from = await page.getAttribute(`[data-column]:has(${card})`, "data-column");
  const states = await page.$$eval("[data-column]", all => all.map(one => one.dataset.column));
  const other = states.find(state => state !== from && state !== states.at(-1));
  const [left, top] = await middle(`${card} .handle`);
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(...await middle(`${column(other)} h2`), { steps: 8 });
  const seen = await page.evaluate(card => new Promise(resolve => {
    new IntersectionObserver(([entry]) => resolve(entry.intersectionRatio)).observe(document.querySelector(card));
  }), card);
  check("a card that is dragged is seen whole", seen, 1);
  await olzhas.picture("board-drag");
  await page.keyboard.press("Escape");
  await page.mouse.up();
  check("Escape leaves it where it was", await page.locator(`${column(from)} ${card}`).count(), 1);
  await drag(await middle(`${card} .handle`), await middle(`${column(other)} h2`));
  await page.waitForSelector(`${column(other)} ${card}`);
  await page.focus(`${card} .handle`);
  await page.keyboard.press("ArrowRight");
  const next = states[states.indexOf(other) + 1];
  await page.waitForSelector(`${column(next)} ${card}`);
  await page.waitForFunction(card => document.activeElement.closest(card), card);
  // A column that is not seen comes when a card is held at the edge; nothing of the card is cut off there.
  await page.setViewportSize({ width: 640, height: 900 });
  await page.waitForFunction(card => { const { left, right } = document.querySelector(card).getBoundingClientRect(); return left >= 0 && right <= innerWidth; }, card);
  const last = states.at(-1);
  await page.mouse.move(...await middle(`${card} .handle`));
  await page.mouse.down();
  await page.mouse.move(610, 500, { steps: 8 });
  await page.waitForFunction(column => document.querySelector(column).getBoundingClientRect().right <= innerWidth, column(last));
  await olzhas.picture("board-edge");
  await page.mouse.up();
  await page.waitForSelector(`${column(last)} ${card}`);
  await page.setViewportSize({ width: 1280, height: 900 });
  await olzhas.go("/plan/initiatives/in1");
  check("the state is kept", await value(page, "#f-initiatives-in1-state"), last);
  // Things in their order.
  await olzhas.go("/page/risks");
  const order = () => page.$$eval("[data-item^='risks/']", all => all.map(one => one.dataset.item));
  const before = await order();
  const [x, y] = await middle(`[data-item='${before.at(-1)}']`);
  await drag(await middle(`[data-item='${before[0]}'] .handle`), [x, y + 12]);
  const moved = [...before.slice(1), before[0]];
  await page.waitForFunction(last => [...document.querySelectorAll("[data-item^='risks/']")].at(-1).dataset.item === last, before[0]);
  check("the first is the last", await order(), moved);
  await page.focus(`[data-item='${before[0]}'] .handle`);
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(last => [...document.querySelectorAll("[data-item^='risks/']")].at(-1).dataset.item === last, moved.at(-2));
  check("nothing serious hinders beside handles", await hindrances(page), []);
  // A place of the map, in both drawings.
  await olzhas.go("/page/map");
  const places = "#room-mn1-today";
  const [px, py] = await middle(places);
  await drag([px, py], [px + 34, py + 8]);
  const at = () => page.getAttribute(places, "data-x");
  const start = await at();
  await page.waitForFunction(([id, was]) => document.querySelector(id).dataset.x !== was, [places, start]).catch(() => {});
  check("a drag follows no link", new URL(page.url()).pathname, "/page/map");
  check("both drawings have it", await page.getAttribute("#room-mn1-future", "data-x"), await at());
  const now = Number(await at());
  await page.focus(places);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(([id, x]) => Number(document.querySelector(id).dataset.x) === x, [places, now - 5]);
  await page.waitForFunction(id => document.activeElement.matches(id), places);
  check("nothing serious hinders on the drawings", await hindrances(page), []);
  await olzhas.picture("map-drawn");
  await page.click(places);
  await page.waitForURL("**/plan/school_map/nodes/mn1");
  check("the place is kept", Number(await value(page, "#f-school_map-nodes-mn1-x")), now - 5);
  // Folded things inside another.
  await olzhas.go("/plan/lesson_studies/ls1");
  const inner = () => page.$$eval(".held[data-item*='/steps/']", all => all.map(one => one.dataset.item));
  const folded = await inner();
  await page.focus(`[data-item='${folded[0]}'] > .handle`);
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(first => document.querySelector(".held[data-item*='/steps/']").dataset.item === first, folded[1]);
  check("two have changed places", (await inner())[1], folded[0]);
  check("nothing serious hinders beside folded things", await hindrances(page), []);
  await olzhas.close();
};

// Two laptops without a network for a day, closed in the evening; in the morning the server is there again.
stories["желісіз бір күн және келесі таң"] = async () => {
  const server = await startServer("day-server");
  const zhanar = new Person("Жанар"), timur = new Person("Тимур");
  await zhanar.open();
  await zhanar.begin("№12 мектеп");
  await letIn(server, zhanar, timur);
  const text = "#f-initiatives-in1-chain-strategy-text";
  await timur.go("/plan/initiatives/in1");
  await until(timur.page, text, "Директор");
  const was = await value(timur.page, text);
  await stop(server.child, "SIGTERM");
  const [first, last] = ["Жанар үйде жазды. ", " Тимур жолда жазды."];
  for (const [person, write, due] of [[zhanar, [0, first], "2027-05-20"], [timur, [was.length, last], "2027-05-28"]]) {
    await person.go("/plan/initiatives/in1");
    await person.page.focus(text);
    await person.page.evaluate(([id, at]) => document.querySelector(id).setSelectionRange(at, at), [text, write[0]]);
    await person.page.keyboard.type(write[1], { delay: 15 });
    await saved(person.page);
    await person.page.fill("#f-initiatives-in1-due", due);
    await person.page.press("#f-initiatives-in1-due", "Tab");
    await saved(person.page);
    await person.go("/page/risks");
    await person.page.fill("#f-risks-new", `Тәуекел: ${person.name}`);
    await person.page.press("#f-risks-new", "Enter");
    await person.page.waitForURL("**/plan/risks/**");
    await person.close();
  }
  const again = await startServer("day-server", server.found[0].listening);
  for (const person of [zhanar, timur]) await person.open();
  for (const person of [zhanar, timur]) {
    await person.go("/plan/initiatives/in1");
    await until(person.page, text, person === zhanar ? last : first);
    check("both texts survive", await value(person.page, text), first + was + last);
    await person.page.waitForSelector(".conflict");
    await person.go("/page/risks");
    for (const name of ["Жанар", "Тимур"]) {
      await person.page.waitForFunction(name => document.querySelector("main").textContent.includes(`Тәуекел: ${name}`), name);
    }
  }
  await zhanar.go("/conflicts");
  const told = await zhanar.page.textContent("main");
  holds("both days are shown with who wrote them", ["20", "28", "Жанар", "Тимур"].every(word => told.includes(word)));
  await zhanar.close();
  await timur.close();
  check("the server ends well", await stop(again.child, "SIGTERM"), 0);
};

stories["талқылау мен іздеу"] = async () => {
  const nurlan = await new Person("Нұрлан").open();
  await nurlan.begin("№2 мектеп");
  const { page } = nurlan;
  await nurlan.go("/search?q=карсылык");
  await page.click("ol.hits a.name");
  await page.waitForFunction(() => document.querySelector("h1").textContent.includes("Қарсылық"));
  await page.click(".discuss summary");
  await page.fill(".discuss textarea", "@Нұрлан, мұны келесі кездесуде қарайық");
  await page.click("form[action='/discuss'] button");
  await page.waitForSelector(".thread .mention");
  await nurlan.go("/");
  holds("the overview says who is called", (await page.textContent("main")).includes("сізді шақырды"));
  await nurlan.go("/calendar");
  holds("the calendar has months", await page.locator("main h2").count() > 1);
  await nurlan.close();
};

// What every page must hold: it fits its width, and nothing serious hinders on it.
async function sound(person, name) {
  await person.picture(name);
  const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  holds(`${name} fits its width (${wide})`, wide <= 0);
  check(`nothing serious hinders on ${name}`, await hindrances(person.page), []);
}

stories["келесі жыл мен екі күнді салыстыру"] = async () => {
  const saule = await new Person("Сәуле").open();
  await saule.begin("№8 мектеп");
  const { page } = saule;
  await saule.go("/plan/initiatives/in1");
  await page.selectOption("#f-initiatives-in1-state", "done");
  await saved(page);
  await saule.go("/years");
  await sound(saule, "years");
  await page.click("main a[href='/years/next']");
  await sound(saule, "year-next");
  check("what is done stays behind", await page.isChecked("#f-initiatives-in1"), false);
  check("a KPI goes on", await page.isChecked("#f-kpis-k1"), true);
  await page.uncheck("#f-risks-rk1");
  await page.click("form.year button");
  await page.waitForURL("**/years/2026-2027");
  await sound(saule, "year-beside");
  holds("the old value stands beside the new baseline", (await page.textContent("main")).split("0,46").length > 2);
  await saule.go("/page/risks");
  holds("what was not ticked is gone", !(await page.textContent("main")).includes("Қарсылық"));
  await saule.go("/years/2026-2027/plan");
  holds("and stands in the old year", (await page.textContent("main")).includes("Қарсылық"));
  const today = new Date().toISOString().slice(0, 10);
  await saule.go(`/history?from=${today}`);
  await sound(saule, "compare");
  holds("words that were put in are marked", await page.locator("main ins").count() > 0);
  await saule.go("/years/2026-2027");
  await page.click("details.sure summary");
  await page.click("form[action='/years/back'] button");
  await page.waitForURL("**/years");
  await saule.go("/page/risks");
  holds("the year is taken back", (await page.textContent("main")).includes("Қарсылық"));
  await saule.close();
};

stories["сауалнама қағазда, теріп, файлдан"] = async () => {
  const dariga = await new Person("Дариға").open();
  await dariga.begin("№9 мектеп");
  let { page } = dariga;
  await dariga.go("/plan/surveys/sv1");
  await page.click("a[href='/survey/sv1']");
  await sound(dariga, "survey");
  await page.selectOption("#paper-language", "ru");
  await page.click("form[action='/survey/sv1/paper'] button");
  await page.waitForSelector("article.form");
  await sound(dariga, "survey-paper");
  holds("the form is in the language that was chosen", (await page.textContent("article.form")).includes("Полностью согласен"));
  // By the keyboard alone: a number, Tab, the next; Enter ends the row and the first place has the focus again.
  await dariga.go("/survey/sv1/type?role=teacher");
  await sound(dariga, "survey-type");
  for (const row of ["43", "25", "51"]) {
    await page.waitForFunction(() => document.activeElement.id === "answer-D1");
    await page.keyboard.type(row[0]);
    await page.keyboard.press("Tab");
    await page.keyboard.type(row[1]);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  }
  holds("three rows wait", (await page.textContent(".call")).includes("3"));
  // The laptop is closed before they are saved; they are there in the morning, and in no file in clear text.
  await page.fill("#typed-comment", "Шаңырақ-канарейка");
  await Promise.all([page.waitForNavigation(), page.click("form.answers button")]);
  await dariga.close();
  const bytes = readdirSync(dariga.home, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
    .map(one => readFileSync(join(one.parentPath, one.name)));
  check("no file holds what was typed", bytes.filter(file => file.includes("канарейка")).length, 0);
  await dariga.open();
  page = dariga.page;
  await dariga.go("/survey/sv1");
  await sound(dariga, "survey-waits");
  await page.click("a[href='/survey/sv1/type?role=teacher']");
  await page.waitForSelector("#typed-date");
  await page.click(".call form.record button");
  await page.waitForURL("**/survey/sv1");
  holds("they are in the plan", (await page.textContent("main")).includes("4 жауап"));
  const file = join(data, "teacher-survey.csv");
  await page.setInputFiles("#answers-file", file);
  await page.waitForURL("**/import/**");
  await sound(dariga, "survey-import");
  const heads = page.locator("main table select");
  check("the head says what the column is", await heads.nth(3).inputValue(), "item:D1");
  await page.click(".call form button");
  await page.waitForURL("**/survey/sv1");
  holds("all are in the plan", (await page.textContent("main")).includes("64 жауап"));
  await page.setInputFiles("#answers-file", file);
  await page.waitForURL("**/import/**");
  holds("nothing is new the second time", (await page.textContent(".call")).includes("Жоспарда бар жауап: 60"));
  check("there is nothing to add", await page.locator(".call form button").count(), 0);
  await dariga.close();
};

stories["көшірме мен қалпына келтіру парағы"] = async () => {
  const asel = await new Person("Әсел").open();
  await asel.begin("№11 мектеп");
  await asel.go("/devices");
  await asel.page.click("form[action='/backup'] button");
  const made = await asel.page.textContent(".call");
  const backup = made.match(/\/[^ ]*\.backup/)[0];
  await asel.go("/plan/kpis/k1");
  await asel.page.fill("#f-kpis-k1-unit", "кейін");
  await asel.page.press("#f-kpis-k1-unit", "Tab");
  await saved(asel.page);
  await asel.go("/restore");
  await sound(asel, "restore");
  await asel.page.fill("#backup-path", backup);
  await asel.page.check("#restore-sure");
  await asel.page.click("form[action='/restore'] button");
  await asel.page.waitForSelector("p[role=status]");
  // A new page is opened by the program itself, at another place.
  for (const end = Date.now() + PATIENCE; asel.program.found.length < 2 && Date.now() < end;) await asel.page.waitForTimeout(100);
  holds("another page was opened", asel.program.found.length === 2);
  asel.troubles = [];
  asel.base = new URL(asel.program.found[1].link).origin;
  await asel.page.goto(asel.program.found[1].link);
  await asel.page.waitForSelector(".call[role=status]");
  await asel.picture("restored");
  await asel.go("/plan/kpis/k1");
  check("what came after the backup is gone", await value(asel.page, "#f-kpis-k1-unit"), "g");
  for (const ending of ["", ".json"]) rmSync(backup + ending, { force: true });

  await asel.go("/recovery");
  await asel.page.click("form[action='/recovery'] button");
  const words = await asel.page.$$eval(".sheet-words li", all => all.map(one => one.textContent).join(" "));
  await asel.page.check("#sheet-kept");
  await Promise.all([asel.page.waitForNavigation(), asel.page.click("form[action='/recovery/keep'] > button")]);
  const stick = join(asel.home, "plan.jospar");
  await asel.go("/files");
  const [download] = await Promise.all([asel.page.waitForEvent("download"), asel.page.click("form[action='/files/stick'] button")]);
  await download.saveAs(stick);
  const next = await new Person("Жаңа ноутбук").open();
  await next.page.click("a[href='/recover']");
  await sound(next, "recover");
  // A file that has no room is refused in words, and nothing of it is sent.
  const large = join(next.home, "large.jospar");
  writeFileSync(large, "");
  truncateSync(large, 513 * 2 ** 20);
  await next.page.setInputFiles("#recovery-file", large);
  await next.page.waitForFunction(() => document.querySelector("#save.bad")?.textContent.includes("512"));
  rmSync(large);
  await next.page.setInputFiles("#recovery-file", stick);
  await next.page.waitForSelector("#sheet-words");
  await next.page.fill("#sheet-words", words);
  await next.page.click("form[action='/recover'] button");
  await next.page.waitForURL("**/recovery");
  await next.go("/");
  holds("the plan is there", (await next.page.textContent("header .school")).includes("№11 мектеп"));
  await next.go("/auditor");
  await sound(next, "auditor");
  await next.close();
  await asel.close();
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
    const pages = browser.contexts().flatMap(context => context.pages());
    for (const [number, page] of pages.entries()) {
      await page.screenshot({ path: join(pictures, `failed-${number}.png`), fullPage: true });
    }
    await Promise.all(browser.contexts().map(context => context.close()));
  }
}
await browser.close();
for (const child of running) { child.removeAllListeners("exit"); child.kill(); }
process.exit(failed ? 1 : 0);
