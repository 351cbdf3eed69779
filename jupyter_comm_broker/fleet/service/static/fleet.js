// Keeps the table of servers live and sorted. It only places texts that the service made.
"use strict";

const body = document.body;
const table = document.getElementById("rows");
const heads = [...document.querySelectorAll("th")];
const find = document.getElementById("find");
const odd = document.getElementById("odd");
const told = document.getElementById("told");
const POLL = Number(body.dataset.poll) * 1000;

/** By name: the element, its cells, what each is sorted by, and its text in lower case. */
const servers = new Map();
let life = body.dataset.life;
let revision = Number(body.dataset.revision);
let sortedBy = 0;
let downward = false;
/** Ends the wait for the next question. */
let wake = () => {};

function isNumber(column) {
  return heads[column].className === "number";
}

/** Takes over a row that came with the page. */
function adopt(element) {
  const cells = [...element.cells];
  const order = cells.map((cell, place) =>
    isNumber(place) ? Number(cell.dataset.order) : cell.dataset.order,
  );
  const server = { name: element.dataset.name, element, cells, order, text: "" };
  server.text = searched(server);
  servers.set(server.name, server);
}

function searched(server) {
  return server.cells.map((cell) => cell.textContent).join(" ").toLowerCase();
}

/** Makes a row without texts. */
function made(name) {
  const element = document.createElement("tr");
  element.dataset.name = name;
  element.setAttribute("role", "row");
  const cells = heads.map(() => element.insertCell());
  cells.forEach((cell) => cell.setAttribute("role", "cell"));
  cells[0].append(document.createElement("a"));
  const server = { name, element, cells, order: [], text: "" };
  servers.set(name, server);
  return server;
}

/** Shows what is new of a server. Touches only what differs. Returns whether it must be placed. */
function update(server, news) {
  let moved = false;
  news.cells.forEach(([text, order, mark, more], place) => {
    const cell = server.cells[place];
    const holder = place === 0 ? cell.firstElementChild : cell;
    if (holder.textContent !== text) holder.textContent = text;
    const kind = `${isNumber(place) ? "number" : "text"} ${mark}`;
    if (cell.className !== kind) cell.className = kind;
    if (cell.title !== more) cell.title = more;
    if (server.order[place] !== order) {
      server.order[place] = order;
      moved ||= place === sortedBy;
    }
  });
  const link = server.cells[0].firstElementChild;
  if (link.getAttribute("href") !== news.link) link.href = news.link;
  server.element.classList.toggle("silent", news.silent);
  server.text = searched(server);
  return moved;
}

function compared(one, other) {
  const a = one.order[sortedBy];
  const b = other.order[sortedBy];
  const way = a < b ? -1 : a > b ? 1 : 0;
  if (way !== 0) return downward ? -way : way;
  return one.name < other.name ? -1 : 1;
}

/** Puts the rows in order. A row that is at its place is not touched. */
function place() {
  const focused = document.activeElement;
  let next = table.firstElementChild;
  for (const server of [...servers.values()].sort(compared)) {
    if (server.element === next) next = next.nextElementSibling;
    else table.insertBefore(server.element, next);
  }
  // An element that is moved loses the focus.
  if (focused !== document.activeElement && focused.isConnected) focused.focus();
}

/** Hides what was not looked for. */
function choose() {
  const wanted = find.value.trim().toLowerCase();
  let shown = 0;
  for (const server of servers.values()) {
    const hidden =
      !server.text.includes(wanted) ||
      (odd.checked && !server.cells.some((cell) => /\b(bad|old|silent)\b/.test(cell.className)));
    if (server.element.hidden !== hidden) server.element.hidden = hidden;
    if (!hidden) shown += 1;
  }
  const all = shown === servers.size;
  document.getElementById("count").textContent = all ? "" : `${shown} of ${servers.size} servers`;
  document.getElementById("none").hidden = servers.size > 0;
}

function showOrder() {
  heads.forEach((head, number) => {
    if (number === sortedBy) head.setAttribute("aria-sort", downward ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
}

/** Takes what the service says is new. */
function take(news) {
  let moved = false;
  const kept = new Set(news.rows.map((row) => row.name));
  for (const name of news.whole ? servers.keys() : news.gone) {
    if (kept.has(name) || !servers.has(name)) continue;
    servers.get(name).element.remove();
    servers.delete(name);
  }
  for (const row of news.rows) {
    const known = servers.get(row.name);
    moved = update(known ?? made(row.name), row) || known === undefined || moved;
  }
  life = news.life;
  revision = news.revision;
  if (moved) place();
  if (news.rows.length > 0 || news.gone.length > 0 || news.whole) choose();
  const totals = [...document.querySelectorAll("#totals dd")];
  Object.values(news.totals).forEach((text, number) => {
    if (totals[number].textContent !== text) totals[number].textContent = text;
  });
}

function tell(text, bad) {
  if (told.textContent !== text) told.textContent = text;
  told.className = bad ? "bad" : "";
}

async function ask() {
  const query = new URLSearchParams({ life, since: revision });
  const answer = await fetch(`${body.dataset.prefix}api/rows?${query}`, {
    headers: { "X-XSRFToken": body.dataset.xsrf },
    signal: AbortSignal.timeout(15_000),
    redirect: "error",
    cache: "no-store",
  });
  if (answer.status === 401 || answer.status === 403) {
    tell("You may not see this any more. Load the page again to log in.", true);
    return POLL * 10;
  }
  if (!answer.ok) throw new Error(`the service answers ${answer.status}`);
  take(await answer.json());
  tell("Live.", false);
  return POLL;
}

async function follow() {
  for (;;) {
    let wait = POLL;
    if (!document.hidden) {
      try {
        wait = await ask();
      } catch (error) {
        tell(`Not live: ${error.message}. The numbers are old.`, true);
        wait = POLL * 2;
      }
    }
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, wait);
    });
  }
}

heads.forEach((head, number) => {
  head.firstElementChild.addEventListener("click", () => {
    // Numbers are looked at from the largest on.
    downward = number === sortedBy ? !downward : isNumber(number);
    sortedBy = number;
    place();
    showOrder();
  });
});
find.addEventListener("input", choose);
odd.addEventListener("change", choose);
document.addEventListener("visibilitychange", () => wake());
[...table.rows].forEach(adopt);
showOrder();
choose();
follow();
