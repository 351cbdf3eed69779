// Draws two lines over the last minutes with uPlot. It is loaded separately.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { MOMENTS } from "../store/rates";

/** The least and the most seconds that are shown. */
const LEAST_SPAN = 60;
const SPAN = MOMENTS * 2;
/** Seconds between two labels of the time axis. */
const STEPS = [15, 30, 60];
/** The least maximum of the scale, so that the axis has numbers even without traffic. */
const LEAST = 5;

export class Drawing {
  #plot: uPlot | undefined;
  #data: [number[], number[], number[]] = [[], [], []];
  readonly #watch = new ResizeObserver(() => this.#fit());
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");

  /**
   * @param place - the element that it is drawn in, which sets its size.
   * @param write - how a number is written at the axis.
   */
  constructor(
    private readonly place: HTMLElement,
    private readonly write: (value: number) => string,
  ) {
    this.#watch.observe(place);
    this.#scheme.addEventListener("change", this.#draw);
    this.#draw();
  }

  /** Show other numbers. */
  show(at: number[], first: number[], second: number[]): void {
    // A single moment is not a line.
    this.#data = at.length > 1 ? [at, first, second] : [[], [], []];
    this.#plot?.setData(this.#data);
  }

  /** Remove the plot. */
  end(): void {
    this.#watch.disconnect();
    this.#scheme.removeEventListener("change", this.#draw);
    this.#plot?.destroy();
  }

  /** The times that are shown. */
  #range(): [number, number] {
    const [times] = this.#data;
    const end = times.at(-1) ?? Date.now() / 1000;
    const known = end - (times[0] ?? end);
    return [end - Math.min(SPAN, Math.max(LEAST_SPAN, known)), end];
  }

  /** The labels of the time axis, in seconds ago. */
  #ago(): number[] {
    const [from, to] = this.#range();
    const step = STEPS.find((each) => (to - from) / each <= 5) ?? 60;
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_each, index) => index * step).reverse();
  }

  #fit(): void {
    this.#plot?.setSize({ width: this.place.clientWidth, height: this.place.clientHeight });
  }

  // Colours are read once, so another scheme needs another plot.
  #draw = (): void => {
    this.#plot?.destroy();
    const style = getComputedStyle(this.place);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `11px ${style.fontFamily}` };
    this.#plot = new uPlot(
      {
        width: this.place.clientWidth,
        height: this.place.clientHeight,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 16, 0, 0],
        scales: {
          x: { time: true, range: () => this.#range() },
          y: { range: (_plot, _least, most) => [0, Math.max(LEAST, most * 1.1)] },
        },
        series: [
          {},
          { stroke: colour("--accent"), width: 2, points: { show: false }, fill: colour("--accent-soft") },
          { stroke: colour("--second"), width: 2, points: { show: false } },
        ],
        axes: [
          { ...axis, size: 28, splits: () => this.#ago().map((each) => this.#range()[1] - each), values: () => this.#ago().map(ago) },
          { ...axis, size: 58, space: 36, values: (_plot, splits) => splits.map((each) => this.write(each)) },
        ],
      },
      this.#data,
      this.place,
    );
  };
}

function ago(seconds: number): string {
  if (!seconds) return "now";
  return seconds % 60 ? `${seconds} s` : `${seconds / 60} min`;
}
