// The slider of the timeline: moves the line of every chart and tells the values of the week, without asking again.
import { count, day, json } from "./shared";

interface Series { values: number[] }
interface Step { date: string; precision: string; name: string; gloss: string }
interface Timeline { weeks: string[]; series: Series[]; steps: Step[] }

const WIDTH = 640, HEIGHT = 250, LEFT = 62, RIGHT = 10, TOP = 12, BOTTOM = 26;

async function start(form: HTMLFormElement): Promise<void> {
  const slider = form.querySelector<HTMLInputElement>("[data-weeks]");
  const shown = form.querySelector<HTMLOutputElement>("[data-day]");
  const date = form.querySelector<HTMLInputElement>("input[name=on]");
  const latest = document.querySelector<HTMLElement>("[data-step]");
  if (!slider || !shown || !date || !latest) return;
  const line = await json<Timeline>(form.dataset.timeline ?? "");
  const days = line.weeks.map((iso) => Date.parse(iso));
  const first = days[0] ?? 0, span = (days[days.length - 1] ?? 1) - first;
  const figures = [...document.querySelectorAll<HTMLElement>("[data-series]")].map((figure) => ({
    values: line.series[Number(figure.dataset.series)]?.values ?? [],
    top: Number(figure.querySelector<SVGElement>("svg")?.dataset.top ?? 1),
    value: figure.querySelector<HTMLOutputElement>("[data-value]"),
    stroke: figure.querySelector<SVGLineElement>("line.now"),
    dot: figure.querySelector<SVGCircleElement>("circle.now"),
  }));
  const calendar = [...document.querySelectorAll<HTMLElement>(".calendar [data-date]")];
  const chinese = document.documentElement.lang.startsWith("zh");

  function show(week: number): void {
    const iso = line.weeks[week] ?? "";
    const x = (LEFT + ((days[week] ?? first) - first) / span * (WIDTH - LEFT - RIGHT)).toFixed(1);
    for (const figure of figures) {
      const value = figure.values[week] ?? 0;
      const y = HEIGHT - BOTTOM - value / figure.top * (HEIGHT - TOP - BOTTOM);
      if (figure.value) figure.value.textContent = count(value);
      figure.stroke?.setAttribute("x1", x);
      figure.stroke?.setAttribute("x2", x);
      figure.dot?.setAttribute("cx", x);
      figure.dot?.setAttribute("cy", y.toFixed(1));
    }
    shown!.textContent = day(iso);
    slider!.setAttribute("aria-valuetext", day(iso));
    date!.value = iso;
    for (const step of calendar) step.classList.toggle("future", (step.dataset.date ?? "") > iso);
    const past = line.steps.filter((step) => step.date <= iso);
    tell(past[past.length - 1]);
  }

  function tell(step: Step | undefined): void {
    latest!.replaceChildren();
    if (!step) return;
    const when = document.createElement("b"), what = document.createElement("span");
    when.textContent = step.precision === "day" ? day(step.date) : step.date.slice(0, step.precision === "month" ? 7 : 4);
    const there = calendar.find((item) => item.dataset.date === step.date && item.textContent?.includes(step.gloss));
    what.textContent = chinese ? (there?.querySelector("span")?.textContent ?? step.name) : step.gloss;
    latest!.append(when, " ", what);
  }

  slider.addEventListener("input", () => show(Number(slider.value)));
  slider.addEventListener("change", () => {
    const url = new URL(location.href);
    url.searchParams.set("on", date.value);
    history.replaceState(null, "", url);
  });
}

const form = document.querySelector<HTMLFormElement>("[data-timeline]");
if (form) void start(form);
