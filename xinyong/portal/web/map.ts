// The map of debtors: streets and dots on one canvas, the standpoint on another. The dots are drawn once for each view
// and kept as a picture, so that a hundred thousand of them do not slow a moving standpoint down.
import { colour, json } from "./shared";

interface Street { kind: string; line: number[] }
interface Cell { listed: number; street: string }
interface Scan { scan: { count: number; alert: string; alert_en: string; cells: Cell[] } }

const WIDTHS: Record<string, number> = { ring: 9, avenue: 8, street: 6 };
const SIDE = 250;

class Town {
  streets: Street[] = [];
  points: Float32Array = new Float32Array(0);
  private cells = new Map<string, number[]>();

  setPoints(points: Float32Array): void {
    this.points = points;
    this.cells.clear();
    for (let i = 0; i < points.length; i += 3) {
      const key = `${Math.floor(points[i]! / SIDE)},${Math.floor(points[i + 1]! / SIDE)}`;
      const held = this.cells.get(key);
      if (held) held.push(i);
      else this.cells.set(key, [i]);
    }
  }

  // Indices of dots within a radius: only the squares it touches are looked at.
  near(x: number, y: number, radius: number): number[] {
    const found: number[] = [], p = this.points;
    for (let a = Math.floor((x - radius) / SIDE); a <= Math.floor((x + radius) / SIDE); a++) {
      for (let b = Math.floor((y - radius) / SIDE); b <= Math.floor((y + radius) / SIDE); b++) {
        for (const i of this.cells.get(`${a},${b}`) ?? []) {
          if ((p[i]! - x) ** 2 + (p[i + 1]! - y) ** 2 <= radius * radius) found.push(i);
        }
      }
    }
    return found;
  }
}

class Chart {
  private base = document.createElement("canvas");
  private over = document.createElement("canvas");
  private kept = document.createElement("canvas");
  private keptView = { x: 0, y: 0, scale: 1 };
  private view = { x: 0, y: 0, scale: 1 };
  private here: { x: number; y: number };
  private radius: number;
  private town = new Town();
  private waiting = 0;
  private stale = 0;
  private asked: AbortController | undefined;
  private drag: { x: number; y: number; moved: boolean; pan: boolean } | undefined;
  private fingers = new Map<number, { x: number; y: number }>();
  private side = 0;

  constructor(private box: HTMLElement, private form: HTMLFormElement | null) {
    this.here = { x: Number(box.dataset.x), y: Number(box.dataset.y) };
    this.radius = Number(box.dataset.radius);
    this.base.setAttribute("aria-hidden", "true");
    this.over.className = "over";
    this.over.tabIndex = 0;
    this.over.setAttribute("role", "application");
    this.over.setAttribute("aria-label", box.dataset.label ?? "");
  }

  async start(): Promise<void> {
    const [streets, points] = await Promise.all([
      json<{ streets: Street[] }>(this.box.dataset.streets ?? ""),
      fetch(this.box.dataset.points ?? "").then((answer) => answer.arrayBuffer()),
    ]);
    this.town.streets = streets.streets;
    this.town.setPoints(new Float32Array(points));
    this.box.querySelector(".drawn")?.remove();
    this.box.append(this.base, this.over, this.zoomButtons());
    this.listen();
    this.resize(true);
    this.box.dataset.ready = "yes";
  }

  private zoomButtons(): HTMLElement {
    const box = document.createElement("div");
    box.className = "zoom";
    for (const [sign, label, by] of [["+", this.box.dataset.in, 1.5], ["−", this.box.dataset.out, 1 / 1.5]] as const) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", label ?? sign);
      button.addEventListener("click", () => this.zoom(by, this.side / 2, this.side / 2));
      box.append(button);
    }
    return box;
  }

  private resize(first = false): void {
    const side = this.box.clientWidth, ratio = Math.min(2, devicePixelRatio || 1);
    if (!side) return;
    for (const canvas of [this.base, this.over, this.kept]) {
      canvas.width = canvas.height = Math.round(side * ratio);
      canvas.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const whole = 2.16 * Number(this.box.dataset.town), window = Math.max(6.4 * this.radius, 1800);
    const scale = side / (whole < 1.4 * window ? whole : window);
    this.view.scale = first ? scale : this.view.scale * side / (this.side || side);
    if (first) Object.assign(this.view, whole < 1.4 * window ? { x: 0, y: 0 } : this.here);
    this.side = side;
    this.render();
    this.paint();
  }

  private px(x: number): number { return (x - this.view.x) * this.view.scale + this.side / 2; }
  private py(y: number): number { return this.side / 2 - (y - this.view.y) * this.view.scale; }

  // Draw streets and all dots of this view into the picture that is kept.
  private render(): void {
    const c = this.kept.getContext("2d")!, side = this.side, town = Number(this.box.dataset.town);
    c.fillStyle = colour("wash");
    c.fillRect(0, 0, side, side);
    c.fillStyle = colour("paper");
    c.beginPath();
    c.arc(this.px(0), this.py(0), town * this.view.scale, 0, 7);
    c.fill();
    this.streets(c, colour("soft"), 0, 0.5);
    this.streets(c, colour("card"), 1.6, 1);
    this.dots(c);
    this.keptView = { ...this.view };
  }

  private streets(c: CanvasRenderingContext2D, ink: string, narrower: number, alpha: number): void {
    const wide = Math.min(1, Math.max(0.25, this.view.scale * 2.2));
    c.lineCap = c.lineJoin = "round";
    c.strokeStyle = ink;
    c.globalAlpha = alpha;
    for (const street of this.town.streets) {
      c.lineWidth = Math.max(0.4, (WIDTHS[street.kind] ?? 6) * wide - narrower);
      c.beginPath();
      for (let i = 0; i < street.line.length; i += 2) c.lineTo(this.px(street.line[i]!), this.py(street.line[i + 1]!));
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  private dots(c: CanvasRenderingContext2D): void {
    const p = this.town.points, many = p.length > 6000, zoom = Math.min(1, Math.max(0.35, this.view.scale * 4));
    c.fillStyle = colour("soft");
    c.globalAlpha = many ? 0.5 : 0.55;
    c.beginPath();
    for (let i = 0; i < p.length; i += 3) {
      const x = this.px(p[i]!), y = this.py(p[i + 1]!);
      if (x < -20 || y < -20 || x > this.side + 20 || y > this.side + 20) continue;
      const r = (2.2 + 2.2 * Math.sqrt(p[i + 2]!)) * zoom;
      if (many) c.rect(x - r / 2, y - r / 2, r, r);
      else {
        c.moveTo(x + r, y);
        c.arc(x, y, r, 0, 6.2832);
      }
    }
    c.fill();
    c.globalAlpha = 1;
  }

  private later(): void {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.paint();
    });
  }

  // Show the kept picture, moved and scaled to the view, and the standpoint above it.
  private paint(): void {
    const c = this.base.getContext("2d")!, k = this.keptView, grown = this.view.scale / k.scale;
    c.fillStyle = colour("wash");
    c.fillRect(0, 0, this.side, this.side);
    const size = this.side * grown;
    c.drawImage(this.kept, this.px(k.x) - size / 2, this.py(k.y) - size / 2, size, size);
    if (k.x !== this.view.x || k.y !== this.view.y || grown !== 1) {
      clearTimeout(this.stale);
      this.stale = window.setTimeout(() => { this.render(); this.later(); }, 90);
    }
    this.standpoint();
  }

  private standpoint(): void {
    const c = this.over.getContext("2d")!, x = this.px(this.here.x), y = this.py(this.here.y);
    const near = this.town.near(this.here.x, this.here.y, this.radius), p = this.town.points;
    const zoom = Math.min(1, Math.max(0.35, this.view.scale * 4));
    let listed = 0;
    c.clearRect(0, 0, this.side, this.side);
    c.fillStyle = c.strokeStyle = colour("accent");
    c.globalAlpha = 0.1;
    c.beginPath();
    c.arc(x, y, this.radius * this.view.scale, 0, 7);
    c.fill();
    c.globalAlpha = 0.9;
    c.lineWidth = 1.5;
    c.setLineDash([6, 4]);
    c.stroke();
    c.setLineDash([]);
    c.beginPath();
    for (const i of near) {
      listed += p[i + 2]!;
      const r = (3 + 2.6 * Math.sqrt(p[i + 2]!)) * zoom, a = this.px(p[i]!), b = this.py(p[i + 1]!);
      c.moveTo(a + r, b);
      c.arc(a, b, r, 0, 6.2832);
    }
    c.fill();
    c.globalAlpha = 1;
    if (near.length <= 200 && zoom === 1) this.counts(c, near);
    for (const [ink, wide] of [["paper", 5], ["ink", 2.2]] as const) {
      c.strokeStyle = colour(ink);
      c.lineWidth = wide;
      c.beginPath();
      c.arc(x, y, 13, 0, 7);
      c.stroke();
    }
    const told = document.querySelector("[data-count]");
    if (told) told.textContent = Math.round(listed).toLocaleString("en");
  }

  private counts(c: CanvasRenderingContext2D, near: number[]): void {
    const p = this.town.points;
    c.fillStyle = colour("paper");
    c.font = "600 9px sans-serif";
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const i of near) c.fillText(String(p[i + 2]), this.px(p[i]!), this.py(p[i + 1]!) + 0.5);
  }

  private move(x: number, y: number): void {
    this.here = { x, y };
    const field = (name: string): HTMLInputElement | null => this.form?.querySelector(`input[name=${name}]`) ?? null;
    const fx = field("x"), fy = field("y");
    if (fx) fx.value = String(Math.round(x));
    if (fy) fy.value = String(Math.round(y));
    this.later();
    this.ask();
  }

  private timer = 0;

  // The words of the alert come from the server, once the standpoint rests.
  private ask(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.tell(), 220);
  }

  private async tell(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const at = `&x=${this.here.x.toFixed(1)}&y=${this.here.y.toFixed(1)}&radius=${this.radius}`;
    try {
      const { scan } = await json<Scan>((this.box.dataset.scan ?? "") + at, this.asked.signal);
      const alert = document.querySelector<HTMLElement>("[data-alert]");
      if (alert) alert.textContent = alert.dataset.alert === "en" ? scan.alert_en : scan.alert;
      this.rows(scan.cells.slice(0, 8));
    } catch (problem) {
      if (!(problem instanceof DOMException && problem.name === "AbortError")) throw problem;
    }
  }

  private rows(cells: Cell[]): void {
    const body = document.querySelector("[data-cells]");
    body?.replaceChildren(...cells.map((cell) => {
      const row = document.createElement("tr"), head = document.createElement("th"), value = document.createElement("td");
      head.scope = "row";
      head.lang = "zh-Hant";
      head.textContent = cell.street;
      value.className = "n";
      value.textContent = String(cell.listed);
      row.append(head, value);
      return row;
    }));
  }

  private zoom(by: number, px: number, py: number): void {
    const least = this.side / (3 * Number(this.box.dataset.town));
    const scale = Math.min(2, Math.max(least, this.view.scale * by));
    const x = (px - this.side / 2) / this.view.scale + this.view.x, y = (this.side / 2 - py) / this.view.scale + this.view.y;
    this.view = { scale, x: x - (px - this.side / 2) / scale, y: y - (this.side / 2 - py) / scale };
    this.later();
  }

  private world(event: PointerEvent): { x: number; y: number } {
    const box = this.over.getBoundingClientRect();
    return {
      x: (event.clientX - box.left - this.side / 2) / this.view.scale + this.view.x,
      y: (this.side / 2 - (event.clientY - box.top)) / this.view.scale + this.view.y,
    };
  }

  private listen(): void {
    const over = this.over;
    new ResizeObserver(() => { if (this.box.clientWidth !== this.side) this.resize(); }).observe(this.box);
    document.addEventListener("themechange", () => { this.render(); this.later(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.render(); this.later(); });
    over.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = over.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    over.addEventListener("pointerdown", (event) => this.down(event));
    over.addEventListener("pointermove", (event) => this.dragged(event));
    for (const end of ["pointerup", "pointercancel"] as const) over.addEventListener(end, (event) => this.up(event));
    over.addEventListener("keydown", (event) => this.key(event));
    const slider = this.form?.querySelector<HTMLInputElement>("input[name=radius]");
    slider?.addEventListener("input", () => {
      this.radius = Number(slider.value);
      const shown = document.querySelector("[data-radius-shown]");
      if (shown) shown.textContent = this.radius.toLocaleString("en");
      this.later();
      this.ask();
    });
  }

  private down(event: PointerEvent): void {
    this.over.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const at = this.world(event);
    const reach = 30 / this.view.scale;
    const onMe = Math.hypot(at.x - this.here.x, at.y - this.here.y) < reach;
    this.drag = { x: event.clientX, y: event.clientY, moved: false, pan: !onMe };
  }

  private dragged(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before || !this.drag) return;
    if (this.fingers.size === 2) {
      const other = [...this.fingers.entries()].find(([id]) => id !== event.pointerId)![1];
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const box = this.over.getBoundingClientRect();
      if (was > 5) this.zoom(now / was, (event.clientX + other.x) / 2 - box.left, (event.clientY + other.y) / 2 - box.top);
      this.drag.moved = true;
    } else if (this.drag.moved || Math.hypot(event.clientX - this.drag.x, event.clientY - this.drag.y) > 4) {
      this.drag.moved = true;
      if (this.drag.pan) {
        this.view.x -= (event.clientX - before.x) / this.view.scale;
        this.view.y += (event.clientY - before.y) / this.view.scale;
        this.later();
      } else {
        const at = this.world(event);
        this.move(at.x, at.y);
      }
    }
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  private up(event: PointerEvent): void {
    if (this.drag && !this.drag.moved && this.fingers.size === 1) {
      const at = this.world(event);
      this.move(at.x, at.y);
    }
    this.fingers.delete(event.pointerId);
    if (!this.fingers.size) this.drag = undefined;
  }

  private key(event: KeyboardEvent): void {
    const step = event.shiftKey ? 250 : 50;
    const way: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step],
    };
    const by = way[event.key];
    if (by) {
      event.preventDefault();
      this.move(this.here.x + by[0], this.here.y + by[1]);
      const margin = 40 / this.view.scale, half = this.side / 2 / this.view.scale - margin;
      this.view.x = Math.min(Math.max(this.view.x, this.here.x - half), this.here.x + half);
      this.view.y = Math.min(Math.max(this.view.y, this.here.y - half), this.here.y + half);
    } else if (event.key === "+" || event.key === "=") this.zoom(1.5, this.side / 2, this.side / 2);
    else if (event.key === "-") this.zoom(1 / 1.5, this.side / 2, this.side / 2);
  }
}

const box = document.querySelector<HTMLElement>("[data-map]");
if (box) void new Chart(box, document.querySelector<HTMLFormElement>("[data-map-form]")).start();
