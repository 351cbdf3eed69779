// Draws two lines over the last minutes with uPlot; in a chunk of its own.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { MOMENTS } from "../store/rates";

/** Seconds that are shown. */
const SPAN = MOMENTS * 2;
/** Where the axis of time has words: so many minutes ago. */
const MINUTES = [4, 3, 2, 1, 0];
/** The least top of the scale: without traffic the axis has numbers all the same. */
const LEAST = 5;

export class Drawing {
  #plot: uPlot | undefined;
  #data: [number[], number[], number[]] = [[], [], []];
  readonly #watch = new ResizeObserver(() => this.#fit());
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");

  /**
   * @param place - where it is drawn; it decides about the size.
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
    this.#data = [at, first, second];
    this.#plot?.setData(this.#data);
  }

  /** Take it away. */
  end(): void {
    this.#watch.disconnect();
    this.#scheme.removeEventListener("change", this.#draw);
    this.#plot?.destroy();
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
          x: { time: true, range: (_plot, _least, most) => [(most || Date.now() / 1000) - SPAN, most || Date.now() / 1000] },
          y: { range: (_plot, _least, most) => [0, Math.max(LEAST, most * 1.1)] },
        },
        series: [
          {},
          { stroke: colour("--accent"), width: 2, points: { show: false }, fill: colour("--accent-soft") },
          { stroke: colour("--second"), width: 2, points: { show: false } },
        ],
        axes: [
          { ...axis, size: 28, splits: (_plot, _axis, _least, most) => MINUTES.map((each) => most - 60 * each), values: () => MINUTES.map((each) => (each ? `${each} min` : "now")) },
          { ...axis, size: 58, space: 36, values: (_plot, splits) => splits.map((each) => this.write(each)) },
        ],
      },
      this.#data,
      this.place,
    );
  };
}
