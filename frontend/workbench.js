// @ts-check
// The redaction workbench by keyboard. Every page works without this script: it
// sends the same marks to the same addresses, and puts the element "work" that
// the server answers with in the place of the one that is there.

/** @typedef {{action: string, exemption: string, reason: string}} Choice */

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const said = byId("said");
const work = () => byId("work");

// -- marks ---------------------------------------------------------------------

/** @returns {HTMLElement[]} */
const marks = () => (work() ? [...work().querySelectorAll("a.tenet-mark")] : []);
const inHand = () => marks().find((m) => m.getAttribute("aria-current"));
const markOf = (/** @type {string | undefined} */ id) => marks().find((m) => m.dataset.id === id);
const textOf = (/** @type {HTMLElement} */ mark) => mark.querySelector(".tenet-mark__text")?.textContent ?? "";

/** @type {Record<string, string>} what the panel says where a mark has nothing */
const otherwise = { by: "nobody yet: a proposal", cite: "no exemption yet" };

/** Takes a mark in hand: the panel shows it, and the keys act on it. */
function take(/** @type {HTMLElement | undefined} */ mark, focus = true) {
  if (!mark) return;
  inHand()?.removeAttribute("aria-current");
  mark.setAttribute("aria-current", "true");
  const facts = { ...mark.dataset, text: textOf(mark) };
  for (const e of work().querySelectorAll("[data-show]")) e.textContent = facts[e.dataset.show] || (otherwise[e.dataset.show] ?? "");
  for (const e of work().querySelectorAll("[data-fill]")) e.value = facts[e.dataset.fill] ?? "";
  byId("exemption").value = mark.dataset.exemption ?? "";
  byId("reason").value = "";
  byId("all").checked = false;
  byId("drop-form").hidden = mark.dataset.added === undefined;
  byId("places").href = places(mark);
  if (focus) show(mark);
}

function show(/** @type {HTMLElement} */ e) {
  e.focus({ preventScroll: true });
  e.scrollIntoView({ block: "nearest" });
}

const places = (/** @type {HTMLElement} */ mark) => `${work().dataset.groups}?${new URLSearchParams({ group: mark.dataset.group ?? "" })}`;

/** Says something to those who listen, even where it is what was said before. */
function say(/** @type {string} */ words) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = words));
}

function step(/** @type {1 | -1} */ by) {
  const all = marks();
  const mark = inHand();
  if (!mark) return say("No mark here.");
  // The first key only goes to the mark that the panel shows.
  const at = work().contains(document.activeElement) ? all.indexOf(mark) + by : all.indexOf(mark);
  if (all[at]) return take(all[at]);
  const page = work().querySelector(`.govuk-pagination a[rel=${by > 0 ? "next" : "prev"}]`);
  if (page) return leave(page.href);
  say(by > 0 ? "That was the last mark of this document." : "That was the first mark of this document.");
  show(mark);
}

function toOpen() {
  const all = marks();
  const at = all.findIndex((m) => m === inHand());
  const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((m) => m.dataset.action === "review");
  if (next) return take(next);
  if (Number(work().dataset.waiting) > 0) return leave(`${work().dataset.here}#work`); // in another part
  follow("to-open", "Nothing waits in the documents after this one.");
}

function follow(/** @type {string} */ id, /** @type {string} */ otherwise) {
  const link = byId(id);
  if (link) leave(link.href);
  else say(otherwise);
}

/** Goes to another page once everything is saved. */
async function leave(/** @type {string} */ href) {
  const mine = turn;
  await line;
  if (mine !== turn) return; // something was refused: that must be seen first
  if (new URL(href).pathname + new URL(href).search === location.pathname + location.search) location.reload();
  else location.href = href;
}

// -- saving --------------------------------------------------------------------

let line = Promise.resolve(); // what is sent goes one after the other, each on the revision before it
let turn = 0; // moves on when something is refused: what was lined up behind it was meant for another state
let unsaved = 0;

/**
 * Lines up one thing to be saved.
 * @param {string} url
 * @param {(revision: string) => {body: BodyInit, headers?: Record<string, string>}} request
 * @param {{about?: string, choice?: {exemption: string, reason: string}, form?: HTMLFormElement, pick?: () => HTMLElement | undefined}} [more]
 *   the mark it is about and what was chosen for it, the form it was sent by, and the mark to take in hand once it is saved
 */
function save(url, request, more = {}) {
  const mine = turn;
  unsaved++;
  line = line.then(async () => {
    try {
      if (mine !== turn) return;
      const { body, headers } = request(work().dataset.revision);
      const query = new URLSearchParams({ sheet: work().dataset.sheet, part: work().dataset.part, page: work().dataset.page, span: inHand()?.dataset.id ?? "" });
      let answer, html;
      try {
        answer = await fetch(`${url}?${query}`, { method: "POST", body, headers: { "Tenet-Part": "1", ...headers } });
        html = await answer.text();
      } catch {
        return stop("The server gave no answer, so this was not saved. Check the connection and do it again.", more);
      }
      if (!answer.headers.has("Tenet-Part")) {
        return stop(answer.redirected ? "You have been signed out, so this was not saved. Sign in again in another tab, then do it again here." : "Something went wrong on the server, so this was not saved. Open the page again.", more);
      }
      put(html, answer.ok ? more.form : undefined);
      if (!answer.ok) return stop("", more);
      take(more.pick?.());
      say(work().dataset.said);
    } finally {
      unsaved--;
    }
  });
}

/** Tells that something was not saved, and drops what was lined up behind it. */
function stop(/** @type {string} */ why, /** @type {{about?: string, choice?: {exemption: string, reason: string}}} */ { about, choice }) {
  turn++;
  const behind = unsaved - 1;
  let words = why || work().dataset.said;
  if (behind > 0) words += ` ${behind === 1 ? "One decision" : `${behind} decisions`} after it ${behind === 1 ? "was" : "were"} not saved either.`;
  let notice = byId("problem");
  if (!notice) {
    notice = document.createElement("div");
    notice.id = "problem";
    notice.className = "tenet-notice";
    work().prepend(notice);
  }
  if (why || behind > 0) notice.textContent = words;
  for (const m of marks()) m.classList.remove("tenet-mark--saving");
  if (!typing(document.activeElement)) {
    take(markOf(about));
    // What was chosen is still there, to be sent again.
    if (choice && inHand()?.dataset.id === about) [byId("exemption").value, byId("reason").value] = [choice.exemption, choice.reason];
  }
  notice.scrollIntoView({ block: "nearest" });
  say(words);
}

/**
 * Puts what the server answered in the place of what stands there. What somebody
 * is typing meanwhile stays, and so does the focus.
 */
function put(/** @type {string} */ html, /** @type {HTMLFormElement | undefined} */ sent) {
  const old = work();
  const hand = inHand()?.dataset.id;
  const active = /** @type {any} */ (document.activeElement);
  const within = old.contains(active);
  const typed = within && active.form && active.form !== sent ? [...active.form.elements].filter((e) => e.id) : [];
  const at = typing(active) && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;

  const holder = document.createElement("template");
  holder.innerHTML = html;
  // The picture of a page is drawn once, not after each decision.
  const picture = byId("page-picture");
  const again = /** @type {any} */ (holder.content.getElementById("page-picture"));
  if (picture && again?.getAttribute("src") === picture.getAttribute("src")) again.replaceWith(picture);
  old.replaceWith(/** @type {Node} */ (holder.content.getElementById("work")));
  readyPage();
  take(markOf(hand), false);
  for (const was of typed) {
    const now = byId(was.id);
    if (now) [now.value, now.checked] = [was.value, was.checked];
  }
  if (!within) return;
  const same = active.id && byId(active.id);
  if (typed.length && same) {
    same.focus({ preventScroll: true });
    if (at && at[0] !== null) same.setSelectionRange(at[0], at[1]);
  } else if (active.id === "page" && same) same.focus({ preventScroll: true });
  else show(inHand() ?? work());
}

addEventListener("beforeunload", (e) => {
  if (unsaved > 0) e.preventDefault();
});

function saveMark(/** @type {Record<string, unknown>} */ mark, /** @type {any} */ more) {
  save(work().dataset.marks, (revision) => ({
    body: JSON.stringify({ revision: Number(revision), marks: [mark] }),
    headers: { "Content-Type": "application/json" },
  }), more);
}

// -- deciding ------------------------------------------------------------------

async function decide(/** @type {string} */ action) {
  const words = action === "withhold" ? selected() : null;
  if (words) return addSelected(words);
  const mark = inHand();
  if (!mark) return say("No mark here.");
  let choice = { action, exemption: action === "withhold" ? byId("exemption").value : "", reason: byId("reason").value.trim() };
  // To let out what was proposed to be withheld takes a reason.
  if (action === "reveal" && mark.dataset.action === "withhold" && !choice.reason) {
    const asked = await ask(`Reveal: ${textOf(mark)}`, "It was to be withheld. Say why it goes out.", "reveal", mark);
    if (!asked) return;
    choice = asked;
  }
  decideMark(mark, choice);
}

function decideMark(/** @type {HTMLElement} */ mark, /** @type {Choice} */ choice) {
  const id = mark.dataset.id;
  mark.classList.add("tenet-mark--saving");
  saveMark({ kind: "span", sheet: work().dataset.sheet, span: id, ...choice }, { about: id, choice });
  const all = marks();
  take(all[all.indexOf(mark) + 1] ?? mark);
}

async function decideAll() {
  const mark = inHand();
  if (!mark) return say("No mark here.");
  const choice = await ask(`All like this: ${mark.dataset.person || textOf(mark)}`,
    "What you choose goes for every place that it stands in, in every document of this case. It is one step, and can be taken back.", "", mark);
  if (choice) saveMark({ kind: "group", group: mark.dataset.group, ...choice }, { about: mark.dataset.id, choice });
}

/** What is selected of the original: the piece, and the offsets in code points. */
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !work()) return null;
  const range = selection.getRangeAt(0);
  const pieceOf = (/** @type {Node} */ n) => /** @type {HTMLElement | null} */ ((n instanceof Element ? n : n.parentElement)?.closest("[data-piece]") ?? null);
  const piece = pieceOf(range.startContainer);
  if (!piece || piece !== pieceOf(range.endContainer)) return { piece: "", start: 0, end: 0, words: "" };
  const before = document.createRange();
  before.setStart(piece, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const words = count(range.cloneContents());
  const from = Number(piece.dataset.from) + count(before.cloneContents()).length;
  const first = words.findIndex((c) => c.trim());
  const last = words.findLastIndex((c) => c.trim());
  return { piece: piece.dataset.piece ?? "", start: from + first, end: from + last + 1, words: words.slice(first, last + 1).join("") };
}

/** The code points of the original that nodes stand for, one entry each. */
function count(/** @type {Node} */ node) {
  if (node instanceof Text) return [...node.data];
  if (node instanceof HTMLElement) {
    if ("aside" in node.dataset) return [];
    if (node.dataset.points) return Array.from({ length: Number(node.dataset.points) }, () => "\uFFFD");
  }
  return [...node.childNodes].flatMap(count);
}

async function addSelected(/** @type {{piece: string, start: number, end: number, words: string}} */ { piece, start, end, words }) {
  if (!piece || !words) return say("Select words within one field of the original.");
  const choice = await ask("Withhold the words that you selected", words, "withhold");
  if (!choice) return;
  getSelection()?.removeAllRanges();
  saveMark({ kind: "add", sheet: work().dataset.sheet, piece, start, end, ...choice }, {
    pick: () => marks().find((m) => Number(m.dataset.start) === start && /** @type {HTMLElement} */ (m.closest("[data-piece]")).dataset.piece === piece),
  });
}

const last = { exemption: "", reason: "" }; // of what was added, to be offered again

/**
 * Asks for an exemption, a reason and, where both are open, what becomes of it.
 * @param {string} title
 * @param {string} why
 * @param {string} only "withhold" or "reveal", or "" where both are open
 * @param {HTMLElement} [mark]
 * @returns {Promise<Choice | null>}
 */
function ask(title, why, only, mark) {
  const dialog = byId("ask-dialog");
  byId("ask-title").textContent = title;
  byId("ask-why").textContent = why;
  byId("ask-exemption").replaceChildren(...[...byId("add-exemption").options].map((o) => o.cloneNode(true)));
  byId("ask-exemption").value = mark ? (mark.dataset.exemption ?? "") : last.exemption;
  byId("ask-reason").value = mark ? "" : last.reason;
  byId("ask-withhold").hidden = only === "reveal";
  byId("ask-reveal").hidden = only === "withhold";
  byId("ask-more").hidden = only !== "";
  if (mark) byId("ask-places").href = places(mark);
  dialog.showModal();
  (only ? byId("ask-reason") : byId("ask-withhold")).focus();
  return new Promise((resolve) => {
    /** @type {Choice | null} */
    let choice = null;
    byId("ask-form").onsubmit = (/** @type {SubmitEvent} */ e) => {
      const pressed = /** @type {HTMLButtonElement | null} */ (e.submitter);
      choice = { action: only || pressed?.value || "withhold", exemption: byId("ask-exemption").value, reason: byId("ask-reason").value.trim() };
      if (choice.action === "reveal") choice.exemption = "";
      if (!mark) Object.assign(last, { exemption: choice.exemption, reason: choice.reason });
    };
    dialog.onclose = () => resolve(choice);
  });
}

// -- regions -------------------------------------------------------------------

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box in fractions of the page */

/** @type {Box | null} the region that is being drawn */
let box = null;
/** @type {{x: number, y: number} | null} where the pointer was put down */
let from = null;
const sheetPage = () => byId("page");
const perCent = (/** @type {number} */ n) => Math.round(n * 1000) / 10;

/** Makes the page of the original one that can be drawn on. */
function readyPage() {
  box = from = null;
  if (!sheetPage()) return;
  sheetPage().tabIndex = 0;
  sheetPage().setAttribute("role", "application");
  sheetPage().setAttribute("aria-describedby", "region-help");
  byId("region-help").hidden = false;
  const picture = byId("page-picture");
  const failed = () => (byId("page-problem").hidden = false);
  if (picture.complete && picture.getAttribute("src") && !picture.naturalWidth) failed();
  picture.onerror = failed;
  byId("region-draw").onclick = (/** @type {MouseEvent} */ e) => {
    const button = /** @type {HTMLElement} */ (e.currentTarget);
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    sheetPage().classList.toggle("tenet-page--drawing", on);
  };
}

/** Shows the region that is being drawn, on the page and in the form. */
function draw(/** @type {Box | null} */ to) {
  box = to;
  const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 0, bottom: 0 };
  const sides = { x: left, y: top, width: right - left, height: bottom - top };
  for (const [name, n] of Object.entries(sides)) byId("region-draft").setAttribute(name, n);
  for (const [name, n] of Object.entries({ left, top, right, bottom })) byId(`region-${name}`).value = box ? perCent(n) : "";
  byId("region-page").value = sheetPage().dataset.page;
}

const boxWords = (/** @type {Box} */ b) =>
  `From ${perCent(b.left)} to ${perCent(b.right)} per cent across, from ${perCent(b.top)} to ${perCent(b.bottom)} per cent down.`;

/** Asks why, and covers what was drawn. */
async function cover() {
  const drawn = box;
  if (!drawn) return;
  const page = Number(sheetPage().dataset.page);
  const choice = await ask(`Cover a region of page ${page}`, boxWords(drawn), "withhold");
  if (!choice) return sheetPage()?.focus({ preventScroll: true });
  const { exemption, reason } = choice;
  saveMark({ kind: "region", sheet: work().dataset.sheet, region: { page, ...drawn }, exemption, reason }, {});
}

const keyStep = 0.01; // of the page, for each press of an arrow
/** @type {Record<string, [number, number]>} */
const ways = { ArrowLeft: [-keyStep, 0], ArrowRight: [keyStep, 0], ArrowUp: [0, -keyStep], ArrowDown: [0, keyStep] };

/** What a key does to the region that is being drawn; false where that is nothing. */
function boxKey(/** @type {KeyboardEvent} */ e) {
  const way = ways[e.key];
  if (!way && e.key !== "Enter" && !(e.key === "Escape" && box)) return false;
  if (e.key === "Escape") {
    draw(null);
    say("The region is let go.");
  } else if (!box) {
    draw({ left: 0.4, top: 0.4, right: 0.6, bottom: 0.5 });
    say(`A region. ${boxWords(/** @type {Box} */ (/** @type {unknown} */ (box)))} The arrows move it, with Shift they size it, Enter covers it.`);
  } else if (way) {
    const hold = (/** @type {number} */ n, /** @type {number} */ least, /** @type {number} */ most) => Math.round(Math.min(Math.max(n, least), most) * 1e4) / 1e4;
    let { left, top, right, bottom } = box;
    if (e.shiftKey) {
      right = hold(right + way[0], left + keyStep, 1);
      bottom = hold(bottom + way[1], top + keyStep, 1);
    } else {
      const x = hold(way[0], -left, 1 - right);
      const y = hold(way[1], -top, 1 - bottom);
      [left, right, top, bottom] = [left + x, right + x, top + y, bottom + y].map((n) => hold(n, 0, 1));
    }
    draw({ left, top, right, bottom });
    say(boxWords({ left, top, right, bottom }));
  } else cover();
  return true;
}

/** Where a pointer is on the page, as fractions of it. */
function pointOf(/** @type {PointerEvent} */ e) {
  const on = sheetPage().getBoundingClientRect();
  const part = (/** @type {number} */ n) => Math.round(Math.min(Math.max(n, 0), 1) * 1e4) / 1e4;
  return { x: part((e.clientX - on.left) / on.width), y: part((e.clientY - on.top) / on.height) };
}

document.addEventListener("pointerdown", (e) => {
  const page = /** @type {HTMLElement | null} */ (/** @type {Element} */ (e.target).closest?.("#page[role=application]") ?? null);
  // A finger scrolls, unless it was said that it draws.
  if (!page || e.button !== 0 || (e.pointerType === "touch" && !page.classList.contains("tenet-page--drawing"))) return;
  e.preventDefault();
  page.focus({ preventScroll: true });
  page.setPointerCapture(e.pointerId);
  from = pointOf(e);
});
document.addEventListener("pointermove", (e) => {
  if (!from) return;
  const to = pointOf(e);
  draw({ left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), right: Math.max(from.x, to.x), bottom: Math.max(from.y, to.y) });
});
document.addEventListener("pointerup", () => {
  if (!from) return;
  from = null;
  if (box && box.right - box.left > keyStep / 2 && box.bottom - box.top > keyStep / 2) cover();
  else draw(null); // a click, and no region
});
document.addEventListener("pointercancel", () => {
  if (from) draw((from = null));
});

// Forms within the work are sent without leaving the page.
document.addEventListener("submit", (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (!work()?.contains(form) || "plain" in form.dataset) return;
  e.preventDefault();
  const button = /** @type {HTMLButtonElement | null} */ (e.submitter);
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
  const mark = inHand();
  let about = form.id === "list" ? button?.value.replace(/^\S+ /, "") : undefined;
  const choice = { exemption: fields.get("exemption") ?? "", reason: fields.get("reason") ?? "" };
  if (form.id === "decide-form" && mark) {
    about = mark.dataset.id;
    // Enter in a field keeps what was decided, and changes its exemption or reason.
    if (document.activeElement !== button && mark.dataset.action === "reveal") fields.set("action", "reveal");
    if (fields.get("action") === "reveal") fields.delete("exemption");
    const all = marks();
    take(all[all.indexOf(mark) + 1] ?? mark);
  }
  const action = form.getAttribute("action") ?? "";
  save(action, (revision) => {
    fields.set("revision", revision);
    fields.set("span", fields.get("span") ?? "");
    return { body: fields };
  }, { about, choice, form });
});

// -- keys ----------------------------------------------------------------------

const kept = "tenet-shortcuts";
let on = true;
try {
  on = localStorage.getItem(kept) !== "off";
} catch {
  // a browser that keeps nothing has them on, and the button turns them off for this page
}

function turnOn(/** @type {boolean} */ yes) {
  on = yes;
  const button = byId("keys-on");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = `Single-key shortcuts are ${on ? "on" : "off"}`;
}

const focusOn = (/** @type {string} */ id) => () => {
  const e = byId(id);
  if (!e) return;
  e.closest("details")?.setAttribute("open", "");
  e.focus();
  e.select?.();
};

/** @type {Record<string, () => unknown>} */
const everywhere = { "/": focusOn("filter"), "?": () => byId("keys-dialog").showModal() };
/** @type {Record<string, () => unknown>} */
const onSheet = {
  j: () => step(1),
  k: () => step(-1),
  o: toOpen,
  n: () => follow("to-next", "That was the last document."),
  p: () => follow("to-previous", "That was the first document."),
  w: () => decide("withhold"),
  r: () => decide("reveal"),
  a: decideAll,
  e: focusOn("exemption"),
  m: focusOn("add-words"),
  f: focusOn("flag"),
  u: () => save(work().dataset.undo, (revision) => ({ body: new URLSearchParams({ revision, sheet: work().dataset.sheet, part: work().dataset.part, span: inHand()?.dataset.id ?? "" }) })),
};
/** @type {Record<string, () => unknown>} */
const onMark = { ArrowDown: onSheet.j, ArrowRight: onSheet.j, ArrowUp: onSheet.k, ArrowLeft: onSheet.k };
const mayRepeat = ["j", "k", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"];

/** Whether keys belong to a field. */
const typing = (/** @type {any} */ e) => !!e?.matches?.("input:not([type=checkbox]), select, textarea, [contenteditable]");

document.addEventListener("keydown", (e) => {
  const target = /** @type {HTMLElement} */ (e.target);
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector("dialog[open]")) return;
  if (target === sheetPage()) {
    taken = e.key; // before it leads to a field
    if (boxKey(e)) return e.preventDefault();
    taken = "";
  }
  if (e.key === "Escape" && typing(target) && work()?.contains(target)) return show(inHand() ?? work());
  if (!on || typing(target) || (e.repeat && !mayRepeat.includes(e.key))) return;
  const act = everywhere[e.key] ?? (work() && onSheet[e.key]) ?? (target.matches(".tenet-mark") ? onMark[e.key] : undefined);
  if (!act) return;
  e.preventDefault();
  taken = e.key;
  act();
});

// Programs that press keys for people may send the letter by itself after the
// key: it must not end up in the field that the key has led to.
let taken = "";
document.addEventListener("keypress", (e) => {
  if (e.key === taken) e.preventDefault();
});
document.addEventListener("keyup", () => (taken = ""));

document.addEventListener("click", (e) => {
  const mark = /** @type {Element} */ (e.target).closest?.("a.tenet-mark");
  if (!mark || e.ctrlKey || e.metaKey || e.shiftKey || !getSelection()?.isCollapsed) return;
  e.preventDefault();
  take(/** @type {HTMLElement} */ (mark));
});

// -- start ---------------------------------------------------------------------

if (said) {
  byId("keys").hidden = false;
  turnOn(on);
  byId("keys-open").addEventListener("click", everywhere["?"]);
  byId("keys-on").addEventListener("click", () => {
    turnOn(!on);
    try {
      localStorage.setItem(kept, on ? "on" : "off");
    } catch {
      // see above
    }
  });
  byId("ask-cancel").addEventListener("click", () => byId("ask-dialog").close());
  if (work()) {
    readyPage();
    if (location.hash === "#work") {
      // The browser puts the focus on what the address names, now or once all has
      // loaded: from there it goes on to the mark in hand.
      const go = () => show(inHand() ?? work());
      work().addEventListener("focus", go, { once: true });
      for (const own of ["pointerdown", "keydown"]) addEventListener(own, () => work().removeEventListener("focus", go), { once: true, capture: true });
      if (document.activeElement === work()) go();
    }
    // Where one is, to come back to. It is no step, so nothing is shown of it.
    fetch(`${work().dataset.marks}?${new URLSearchParams({ sheet: work().dataset.sheet })}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ revision: Number(work().dataset.revision), marks: [{ kind: "seen", sheet: work().dataset.sheet }] }),
    }).catch(() => {}); // the place is not kept; all else works
  }
}
