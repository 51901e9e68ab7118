// What the islands share: numbers and dates in the page's language, and reading JSON.
const language = document.documentElement.lang || "en";

export function count(value: number): string {
  const chinese = language.startsWith("zh");
  const units: [number, string][] = chinese
    ? [[1e8, language === "zh-Hans" ? "亿" : "億"], [1e4, language === "zh-Hans" ? "万" : "萬"]]
    : [[1e9, "bn"], [1e6, "M"]];
  for (const [size, name] of units) {
    if (Math.abs(value) >= size) {
      const scaled = value / size;
      const digits = Math.abs(scaled) < 100 ? 2 : Math.abs(scaled) < 1000 ? 1 : 0;
      return `${scaled.toLocaleString("en", { maximumFractionDigits: digits })}\u2009${name}`;
    }
  }
  return value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });
}

export function day(iso: string): string {
  const [year, month, date] = iso.split("-").map(Number) as [number, number, number];
  if (language.startsWith("zh")) return `${year} 年 ${month} 月 ${date} 日`;
  const name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month - 1];
  return `${date} ${name} ${year}`;
}

export async function json<T>(url: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(url, { headers: { accept: "application/json" }, signal: signal ?? null });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
