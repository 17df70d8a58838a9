// The page of a document: everything is made from the JSON in #data, with
// textContent only, because names in a report are not ours.
"use strict";

(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const findings = data.document.findings;
const report = document.getElementById("report");
let current = 0;

function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  for (const child of children.flat(3)) {
    if (child !== undefined && child !== null && child !== "") element.append(child);
  }
  return element;
}

function say(text) { document.getElementById("said").textContent = text; }

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page from a file may not be allowed to: the old way.
    const area = h("textarea", {});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(`${what} copied`);
}

function copyButton(text, what) {
  return h("button", {type: "button", onclick: (event) => {
    copy(text, what);
    const button = event.currentTarget;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }, "aria-label": `Copy ${what.toLowerCase()}`}, "Copy");
}

function duration(ns) {
  if (!ns) return "";
  const units = [[3600e9, "h"], [60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  const [size, unit] = units.find(([size]) => ns >= size) || [1, "ns"];
  return `${(ns / size).toPrecision(3)} ${unit}`;
}

// Goroutines that a reader need not tell apart are one row.
function grouped(goroutines) {
  const groups = new Map();
  for (const g of goroutines) {
    const key = g.id <= 1 || g.in_knot ? Symbol("own") : JSON.stringify(
        [g.status, g.waits_for, g.stack, g.created_at, g.holds]);
    const known = groups.get(key);
    if (known) {
      known.count += g.count || 1;
      known.ids.push(g.id);
    } else {
      groups.set(key, {first: g, count: g.count || 1, ids: [g.id], index: groups.size});
    }
  }
  // The knot first: it is what explains the others.
  return [...groups.values()].sort((a, b) =>
      Number(Boolean(b.first.in_knot)) - Number(Boolean(a.first.in_knot)));
}

function place(location) {
  if (!location || !location.file) return "";
  let text = location.file;
  if (location.line) text += ":" + location.line;
  if (location.column) text += ":" + location.column;
  return text;
}

function source(location) {
  const lines = (data.sources || {})[location.file];
  if (!lines || !lines[location.line]) return null;
  // Empty lines are not in the excerpt.
  const near = Object.keys(lines).map(Number).filter(
      (n) => Math.abs(n - location.line) <= 3);
  const rows = [];
  for (let n = Math.min(...near); n <= Math.max(...near); ++n) {
    rows.push(h("div", {class: n === location.line ? "at" : ""},
                h("span", {class: "no"}, String(n)), lines[n] || ""));
  }
  return h("pre", {class: "source", tabindex: 0, "aria-label": `source of ${place(location)}`}, rows);
}

function frameItem(frame, open) {
  const text = [h("code", {}, `${frame.function || "??"}()`), " ",
                h("span", {class: "where mono"}, place(frame)),
                frame.inlined ? h("span", {class: "soft"}, " (inlined)") : ""];
  const code = frame.file ? source(frame) : null;
  return h("li", {class: frame.library ? "library" : ""},
           code ? h("details", {open: open && ""}, h("summary", {}, text), code) : text);
}

function stackList(stack, open = true) {
  if (!stack || stack.length === 0) return h("p", {class: "soft"}, "Its stack is not known.");
  const user = stack.filter((frame) => !frame.library);
  if (user.length === 0) return h("ul", {class: "frames"}, stack.map((f) => frameItem(f, false)));
  const hidden = stack.length - user.length;
  const list = h("ul", {class: "frames"},
                 user.map((frame, index) => frameItem(frame, open && index === 0)));
  if (hidden === 0) return list;
  return h("div", {}, list, h("details", {},
      h("summary", {class: "soft"}, `all ${stack.length} frames, with those of libraries`),
      h("ul", {class: "frames"}, stack.map((frame) => frameItem(frame, false)))));
}

function steps(list, finding) {
  return h("ol", {class: "steps"}, list.map((step) => {
    const g = (finding.goroutines || []).find((each) => each.id === step.goroutine);
    const says = step.message.startsWith("goroutine ");
    const who = step.goroutine && !says ? label(g || {id: step.goroutine}) + ": " : "";
    return h("li", {}, h("span", {class: "who"}, who), step.message, " ",
             h("span", {class: "soft mono"}, place(step.location)));
  }));
}

function section(title, ...content) {
  const filled = content.flat().filter(Boolean);
  if (filled.length === 0) return null;
  return h("section", {"aria-label": title}, h("h2", {}, title), filled);
}

const CLASSES = {race: "data race", deadlock: "deadlock", leak: "goroutine leak",
                 "lock-order": "possible deadlock", panic: "panic", fatal: "fatal error",
                 dump: "goroutines"};

function heading(finding, index) {
  const bad = finding.id !== "dump";
  const level = finding.level && finding.level !== "certain" ? finding.level : "";
  const total = (finding.goroutines || []).reduce((sum, g) => sum + (g.count || 1), 0);
  const facts = [[CLASSES[finding.id] || finding.id, bad], [finding.kind, bad], [level, false],
                 [total > 0 && `${total} goroutine${total === 1 ? "" : "s"}`, false],
                 [finding.count > 1 && `seen ${finding.count} times`, false],
                 [place(finding.location), false]];
  const again = finding.reproduce && h("div", {class: "again"},
      h("pre", {id: "reproduce"}, finding.reproduce), copyButton(finding.reproduce, "Command"));
  return h("div", {},
      h("h1", {}, data.verdicts[index]),
      h("ul", {class: "facts"}, facts.filter(([text]) => text).map(
          ([text, red]) => h("li", {class: red ? "bad" : ""}, text))),
      data.verdicts[index].startsWith(finding.message) ? null :
          h("p", {class: "lead mono"}, finding.message),
      finding.why && finding.id === "race" ? h("p", {class: "lead"}, finding.why) : null,
      finding.hint ? h("p", {class: "hint"}, h("strong", {}, "Hint: "), finding.hint) : null,
      again ? [h("h3", {}, "To see it again"), again] : null);
}

function goroutineDetail(group, finding) {
  const g = group.first;
  const parts = [h("h3", {id: "chosen"}, label(g), " ",
                   h("span", {class: "soft"}, `[${g.status || "running"}]`))];
  if (group.count > 1 && group.ids.length > 1) {
    const ids = group.ids.slice(0, 24).join(", ") + (group.ids.length > 24 ? ", …" : "");
    parts.push(h("p", {class: "soft"}, `${group.count} goroutines stand here: ${ids}`));
  }
  if (g.waits_for) {
    const since = g.waiting_ns ? `, for ${duration(g.waiting_ns)}` : "";
    parts.push(h("p", {}, "Waits for ", h("strong", {}, g.waits_for), since, "."));
  }
  parts.push(stackList(g.stack));
  if ((g.wakers || []).length > 0) {
    parts.push(h("h3", {}, "Who could have woken it, and why each cannot"),
               h("ul", {class: "wakers"}, g.wakers.map((w) => h("li", {},
                   w.message, " ", h("span", {class: "soft mono"}, place(w.location))))));
  }
  for (const held of g.holds || []) {
    parts.push(h("h3", {}, `Holds ${held.object}, taken at`), stackList(held.taken_at));
  }
  if ((g.ancestors || []).length > 0) {
    parts.push(h("h3", {}, "Ancestors"), steps(g.ancestors, {}));
  }
  if ((g.created_at || []).length > 0) {
    const by = g.creator ? ` by ${g.creator === 1 ? "the main goroutine" : "goroutine " + g.creator}` : "";
    parts.push(h("h3", {}, `Created${by} at`), stackList(g.created_at, false));
  }
  return parts;
}

function goroutineTable(groups, finding) {
  const detail = h("div", {id: "goroutine", "aria-live": "polite"});
  const body = h("tbody", {});
  const count = h("span", {class: "soft"});
  const filter = h("input", {type: "search", id: "filter", "aria-label": "Filter goroutines",
                             placeholder: "Filter: state, name, function, file, object  ( / )"});
  const rows = groups.map((group) => {
    const g = group.first;
    const frame = userFrame(g.stack) || {};
    const row = h("tr", {tabindex: 0, "aria-selected": "false", onclick: () => choose(group)},
        h("td", {}, g.id === 0 ? "…" : String(g.id), group.count > 1 ? ` ×${group.count}` : ""),
        h("td", {}, g.name || (g.id === 1 ? "main" : "")),
        h("td", {}, g.status || "running",
          g.in_knot ? h("span", {class: "knotmark"}, " ● knot") : ""),
        h("td", {}, g.waits_for || ""),
        h("td", {}, duration(g.waiting_ns)),
        h("td", {}, (g.holds || []).map((held) => held.object).join(", ")),
        h("td", {}, h("span", {class: "mono"},
                      frame.function ? `${frame.function} ${placeText(frame)}` : "")));
    const words = JSON.stringify([g.id, g.name, g.status, g.waits_for, g.holds, g.stack,
                                  g.created_at, g.in_knot ? "knot" : ""]).toLowerCase();
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(group);
      }
    });
    return {group, row, words};
  });
  function choose(group) {
    for (const each of rows) {
      each.row.setAttribute("aria-selected", String(each.group === group));
    }
    detail.replaceChildren(...goroutineDetail(group, finding));
  }
  function show() {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rows.filter((each) => wanted.every((word) => each.words.includes(word)));
    body.replaceChildren(...shown.slice(0, 1000).map((each) => each.row));
    const many = shown.reduce((sum, each) => sum + each.group.count, 0);
    count.textContent = `${many} shown` + (shown.length > 1000 ? ", the first 1000 rows" : "");
  }
  filter.addEventListener("input", show);
  show();
  if (groups.length > 0) choose(groups[0]);
  const head = ["id", "name", "state", "waits for", "since", "holds", "where"];
  const table = h("div", {class: "scroll"}, h("table", {id: "goroutines"},
      h("thead", {}, h("tr", {}, head.map((text) => h("th", {scope: "col"}, text)))), body));
  return {node: [h("div", {class: "tools"}, filter, count), table, detail], choose, rows};
}

function accesses(finding) {
  if (!(finding.accesses || []).length) return null;
  const sides = finding.accesses.map((access, index) => {
    const g = (finding.goroutines || []).find((each) => each.id === access.goroutine) ||
        {id: access.goroutine};
    return h("div", {id: "side" + index, tabindex: -1},
             h("h3", {}, `${index ? "Previous " : ""}${access.operation} by ${label(g)}`),
             stackList(access.stack),
             (g.created_at || []).length > 0 ? [h("h3", {}, "which was created at"),
                                               stackList(g.created_at, false)] : "");
  });
  return section("Two accesses that nothing orders", h("div", {class: "sides"}, sides));
}

function memory(finding) {
  const m = finding.memory;
  if (!m) return null;
  const text = `${m.kind}${m.name ? ` '${m.name}'` : ""}` +
      (m.function ? ` in frame of ${m.function}()` : "") +
      (m.field ? `, field '${m.field}'` : "") + (m.size ? `, ${m.size} bytes` : "") +
      (m.offset ? `, at offset ${m.offset}` : "");
  return section("What lies there", h("p", {}, text, " ",
                                      h("span", {class: "soft mono"}, place(m.declared_at))),
                 (m.allocated_at || []).length > 0 ?
                     [h("h3", {}, "Allocated at"), stackList(m.allocated_at)] : null);
}

function objects(finding) {
  const list = finding.objects || [];
  if (list.length === 0) return null;
  return section("Objects", list.map((object) => h("div", {},
      h("h3", {}, object.name, " ", h("span", {class: "soft"}, object.state || "")),
      (object.made_at || []).length > 0 ? ["Made at", stackList(object.made_at, false)] : null,
      (object.history || []).length > 0 ?
          ["Last operations, the oldest first", steps(object.history, finding)] : null)));
}

function show(index) {
  current = index;
  const finding = findings[index];
  report.replaceChildren();
  const trace = index === 0 && data.trace && data.trace.lanes.length > 0 &&
      section("The last moments", h("div", {class: "graph", id: "timeline"}, drawTimeline(data.trace)));
  if (!finding) {
    report.append(h("h1", {}, trace ? "What the goroutines did" : "No findings."));
    if (trace) report.append(trace);
    return;
  }
  const groups = grouped(finding.goroutines || []);
  const isRace = (finding.accesses || []).length > 0;
  const table = goroutineTable(groups, finding);
  const graph = isRace ? raceGraph(finding) : new WaitGraph(groups);
  const choose = (node) => {
    if (node.side !== undefined) {
      document.getElementById("side" + node.side).focus();
      return;
    }
    table.choose(node.group);
    document.getElementById("goroutine").scrollIntoView({block: "nearest"});
  };
  const drawn = graph.nodes.size > 0 &&
      h("div", {class: "graph"}, drawGraph(graph, choose, isRace ?
          "The two accesses" : "Who waits for whom; the same is in the table below"));
  const left = graph.left > 0 && groups.length > graph.nodes.size ?
      h("p", {class: "soft"}, `${graph.left} more rows are in the table below.`) : null;
  const parts = [heading(finding, index),
    drawn ? section(isRace ? "The race" : "Who waits for whom", drawn, left) : null,
    accesses(finding), memory(finding),
    !isRace && groups.length > 0 ? section("Goroutines", table.node) : null,
    objects(finding),
    (finding.steps || []).length > 0 ? section("How it comes to it", steps(finding.steps, finding)) : null,
    trace,
  ];
  report.append(...parts.filter(Boolean));
  for (const [at, button] of [...document.querySelectorAll("#findings button")].entries()) {
    button.setAttribute("aria-current", String(at === index));
  }
  document.title = data.verdicts[index];
}

function move(step) {
  const rows = [...document.querySelectorAll("#goroutines tbody tr")];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  next.click();
  next.focus();
}

const THEMES = ["auto", "light", "dark"];
function turnTheme() {
  const now = document.documentElement.dataset.theme || "auto";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  document.getElementById("theme").textContent = "Theme: " + next;
}

document.addEventListener("keydown", (event) => {
  if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    "/": () => document.getElementById("filter")?.focus(),
    "ArrowDown": () => move(1), "ArrowUp": () => move(-1),
    "n": () => show(Math.min(current + 1, findings.length - 1)),
    "p": () => show(Math.max(current - 1, 0)), "t": turnTheme,
  };
  const scrolls = event.target.closest?.("pre");
  if (!actions[event.key] || (event.key.startsWith("Arrow") && scrolls)) return;
  event.preventDefault();
  actions[event.key]();
});

document.getElementById("program").textContent = data.document.summary?.program || "";
document.getElementById("theme").addEventListener("click", turnTheme);
document.getElementById("copy-text").addEventListener(
    "click", () => copy(document.getElementById("text").textContent, "Text"));
document.getElementById("save-json").addEventListener("click", () => {
  const file = new Blob([JSON.stringify(data.document)], {type: "application/json"});
  const link = h("a", {href: URL.createObjectURL(file), download: "findings.json"});
  link.click();
});
if (findings.length > 1) {
  document.getElementById("findings").append(...findings.map((finding, index) => h(
      "button", {type: "button", title: data.verdicts[index], onclick: () => show(index)},
      `${index + 1} ${CLASSES[finding.id] || finding.id}`)));
}
show(0);
})();
