// The wait-for graph and the timeline, as SVG. dagre gives nodes their places;
// what stands in them and how they are reached by keyboard is decided here.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child) element.append(child);
  }
  return element;
}

function label(goroutine) {
  if (goroutine.id === 0) return `${goroutine.count} more goroutines`;
  const name = goroutine.id === 1 ? "main goroutine" : `goroutine ${goroutine.id}`;
  return goroutine.name ? `${name} "${goroutine.name}"` : name;
}

const AWAKE = ["", "running", "runnable", "syscall", "finished", "sleep"];

function waits(goroutine) {
  return !AWAKE.includes(goroutine.status || "");
}

function shorten(text, most) {
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

function userFrame(stack) {
  return (stack || []).find((frame) => !frame.library) || (stack || [])[0];
}

function fileName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

function placeText(location) {
  if (!location || !location.file) return "";
  let text = fileName(location.file);
  if (location.line) text += ":" + location.line;
  return text;
}

// What is drawn: goroutines, the objects between them, who waits, who holds.
class WaitGraph {
  constructor(groups) {
    this.nodes = new Map();
    this.edges = [];
    const shown = this.choose(groups);
    this.left = shown.length === 0 ? 0 : groups.length - shown.length;
    for (const group of shown) this.addGoroutine(group);
    for (const group of shown) this.addWait(group);
    for (const group of shown) this.addHolds(group);
  }

  choose(groups) {
    const most = 40;
    const rank = (group) => {
      const g = group.first;
      if (g.in_knot) return 0;
      if (g.id === 1) return 1;
      return waits(g) || (g.holds || []).length ? 2 : 3;
    };
    const waiting = groups.filter((group) => rank(group) < 3);
    // A dump that names no objects has goroutines only: the table has them.
    if (!waiting.some((group) => group.first.waits_for)) return [];
    return waiting.sort((a, b) => rank(a) - rank(b)).slice(0, most);
  }

  key(group) { return "g" + group.index; }

  addGoroutine(group) {
    const g = group.first;
    const lines = [shorten(label(g), 34)];
    if (group.count > 1) lines[0] = `${group.count} goroutines like ${g.id}`;
    lines.push(g.status || "running");
    const frame = userFrame(g.stack);
    if (frame && frame.file) {
      lines.push(shorten(`${frame.function || "??"} ${placeText(frame)}`, 38));
    }
    this.nodes.set(this.key(group),
                   {lines, group, knot: g.in_knot, gone: g.status === "finished"});
  }

  object(name, knot) {
    const key = "o" + name;
    const node = this.nodes.get(key);
    if (node) {
      node.knot = node.knot || knot;
    } else {
      this.nodes.set(key, {lines: [shorten(name, 40)], object: name, knot});
    }
    return key;
  }

  addWait(group) {
    const g = group.first;
    if (!waits(g)) return;
    const unknown = `? (${g.status}) of ${g.id}`;
    const to = this.object(g.waits_for || unknown, g.in_knot);
    if (!g.waits_for) this.nodes.get(to).lines = ["not known which"];
    this.edges.push({from: this.key(group), to, knot: g.in_knot, text: "waits for"});
    const byId = new Map();
    for (const [key, node] of this.nodes) {
      if (node.group) for (const id of node.group.ids) byId.set(id, {key, node});
    }
    for (const waker of g.wakers || []) {
      const other = byId.get(waker.goroutine);
      if (!other || other.key === this.key(group)) continue;
      this.edges.push({from: to, to: other.key, maybe: true,
                       knot: g.in_knot && other.node.knot,
                       text: "could be woken by", title: waker.message});
    }
  }

  addHolds(group) {
    for (const held of group.first.holds || []) {
      if (!this.nodes.has("o" + held.object)) continue;
      const from = "o" + held.object;
      const knot = group.first.in_knot && this.nodes.get(from).knot;
      // That it holds it says more than that it could give it up.
      this.edges = this.edges.filter(
          (edge) => !(edge.maybe && edge.from === from && edge.to === this.key(group)));
      this.edges.push({from, to: this.key(group), knot, text: "held by"});
    }
  }
}

// Two accesses and what lies between them.
function raceGraph(finding) {
  const graph = {nodes: new Map(), edges: [], left: 0};
  const memory = finding.memory || {};
  const name = memory.name ? `'${memory.name}'` : "";
  graph.nodes.set("m", {lines: [shorten(`${memory.kind || "memory"} ${name}`.trim(), 40)],
                        object: name || "memory", knot: true});
  (finding.accesses || []).forEach((access, index) => {
    const goroutine = (finding.goroutines || []).find((g) => g.id === access.goroutine) ||
        {id: access.goroutine};
    const frame = userFrame(access.stack) || {};
    graph.nodes.set("a" + index, {
      lines: [shorten(label(goroutine), 34), access.operation,
              shorten(`${frame.function || "??"} ${placeText(frame)}`, 38)],
      side: index, knot: true});
    const edge = {knot: true, text: access.operation};
    graph.edges.push(index === 0 ? {from: "a0", to: "m", ...edge}
                                 : {from: "m", to: "a" + index, ...edge, back: true});
  });
  return graph;
}

function textWidth(text) {
  const context = textWidth.canvas || (textWidth.canvas =
      document.createElement("canvas").getContext("2d"));
  context.font = "13px system-ui, 'DejaVu Sans', sans-serif";
  return context.measureText(text).width;
}

function pathOf(points) {
  const middle = (a, b) => ({x: (a.x + b.x) / 2, y: (a.y + b.y) / 2});
  let path = `M${points[0].x},${points[0].y}`;
  for (let i = 1; i + 1 < points.length; ++i) {
    const end = i + 2 === points.length ? points[i + 1] : middle(points[i], points[i + 1]);
    path += `Q${points[i].x},${points[i].y} ${end.x},${end.y}`;
  }
  if (points.length === 2) path += `L${points[1].x},${points[1].y}`;
  return path;
}

function arrowHead(id, knot) {
  return svg("marker", {id, viewBox: "0 0 10 10", refX: 9, refY: 5,
                        markerWidth: 11, markerHeight: 11,
                        markerUnits: "userSpaceOnUse", orient: "auto-start-reverse"},
             svg("path", {d: "M0,0L10,5L0,10z",
                          style: `fill: var(${knot ? "--bad" : "--soft"})`}));
}

function drawNode(node, place, choose) {
  const select = node.group || node.side !== undefined ? () => choose(node) : undefined;
  const classes = ["node", node.object ? "object" : "", node.knot ? "knot" : "",
                   node.gone ? "gone" : ""].join(" ");
  const group = svg("g", {class: classes, tabindex: select && 0,
                          role: select ? "button" : "img",
                          "aria-label": node.lines.join(", ") +
                              (node.knot && !node.object ? ", part of the knot" : ""),
                          transform: `translate(${place.x - place.width / 2},` +
                              `${place.y - place.height / 2})`});
  group.append(svg("rect", {width: place.width, height: place.height,
                            rx: node.object ? place.height / 2 : 7}));
  node.lines.forEach((line, index) => {
    const text = svg("text", {x: place.width / 2, y: 20 + index * 17, "text-anchor": "middle",
                              class: index > 0 ? "soft" : "",
                              "font-weight": index === 0 && !node.object ? 600 : 400});
    text.textContent = line;
    group.append(text);
  });
  if (select) {
    group.addEventListener("click", select);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        select();
      }
    });
  }
  return group;
}

function drawGraph(graph, choose, description) {
  const layout = new dagre.graphlib.Graph({multigraph: true});
  layout.setGraph({rankdir: "LR", nodesep: 22, ranksep: 34, marginx: 6, marginy: 6});
  for (const [key, node] of graph.nodes) {
    const width = Math.max(...node.lines.map(textWidth)) + 28;
    layout.setNode(key, {width, height: 14 + 17 * node.lines.length});
  }
  graph.edges.forEach((edge, index) => {
    layout.setEdge(edge.from, edge.to,
                   {width: textWidth(edge.text) + 12, height: 14, labelpos: "c"},
                   "e" + index);
  });
  dagre.layout(layout);
  const {width, height} = layout.graph();
  // What is written above the topmost line needs room too.
  const headroom = 12;
  const root = svg("svg", {width, height: height + headroom,
                           viewBox: `0 ${-headroom} ${width} ${height + headroom}`,
                           class: "fits", role: "group", "aria-label": description});
  // Made smaller where it hardly has room; beyond that it can be scrolled.
  const smallest = 0.7;
  root.style.minWidth = `${Math.round(width * smallest)}px`;
  root.append(svg("defs", {}, arrowHead("arrow", false), arrowHead("arrow-knot", true)));
  graph.edges.forEach((edge, index) => {
    const place = layout.edge(edge.from, edge.to, "e" + index);
    const head = `url(#${edge.knot ? "arrow-knot" : "arrow"})`;
    const line = svg("path", {d: pathOf(place.points),
                              class: `edge ${edge.knot ? "knot" : ""} ${edge.maybe ? "maybe" : ""}`,
                              [edge.back ? "marker-start" : "marker-end"]: head});
    if (edge.title) {
      const title = svg("title");
      title.textContent = edge.title;
      line.append(title);
    }
    const text = svg("text", {x: place.x, y: place.y - 5, "text-anchor": "middle",
                              "font-size": 11.5, class: "soft halo"});
    text.textContent = edge.text;
    root.append(line, text);
  });
  for (const [key, node] of graph.nodes) root.append(drawNode(node, layout.node(key), choose));
  return root;
}

// Lanes of goroutines over time, with an arrow from each sender to its
// receiver and from each unlock to the lock that it let through.
function drawTimeline(trace) {
  const left = 150, width = 1050, lane = 24, top = 26;
  const span = Math.max(trace.end_ns - trace.begin_ns, 1);
  const x = (ns) => left + (ns - trace.begin_ns) / span * (width - left - 10);
  const y = (index) => top + index * lane;
  const height = top + trace.lanes.length * lane + 8;
  const root = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
                           "aria-label": "What each goroutine did in the last moments"});
  root.append(svg("defs", {}, arrowHead("flow", false)));
  const unit = span >= 1e9 ? [1e9, "s"] : span >= 1e6 ? [1e6, "ms"] : [1e3, "µs"];
  for (let i = 0; i <= 4; ++i) {
    const text = svg("text", {x: x(trace.begin_ns + span * i / 4), y: 14, "font-size": 11,
                              class: "soft", "text-anchor": i === 4 ? "end" : "middle"});
    text.textContent = "+" + (span * i / 4 / unit[0]).toPrecision(3) + " " + unit[1];
    root.append(text);
  }
  trace.lanes.forEach((each, index) => {
    const name = svg("text", {x: left - 8, y: y(index) + 15, "text-anchor": "end"});
    name.textContent = shorten(each.name, 20);
    root.append(name);
    for (const slice of each.slices) {
      const title = svg("title");
      title.textContent = `${slice.text}, ${((slice.end - slice.begin) / 1000).toFixed(1)} µs`;
      const begin = x(slice.begin);
      root.append(svg("rect", {x: begin, y: y(index) + 4, height: lane - 8,
                               width: Math.max(x(slice.end) - begin, 1),
                               class: "lane " + slice.kind}, title));
      if (slice.kind === "wait" && x(slice.end) - begin > 90) {
        const text = svg("text", {x: begin + 5, y: y(index) + 16, "font-size": 11});
        text.textContent = slice.text;
        root.append(text);
      }
    }
  });
  for (const arrow of trace.arrows) {
    root.append(svg("path", {class: "arrow", "marker-end": "url(#flow)",
                             d: `M${x(arrow.begin)},${y(arrow.from) + lane / 2}` +
                                 `L${x(arrow.end)},${y(arrow.to) + lane / 2}`}));
  }
  return root;
}
