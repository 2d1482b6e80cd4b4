// A cursor that the arrow keys move over a grid of cells.

export type Cell = readonly [row: number, column: number];

/** Where a key takes the cursor, or null when the key is not for the grid. Rows count downward on the screen unless `up`. */
export function moved(key: string, from: Cell, rows: number, columns: number, up = false): Cell | null {
  const [row, column] = from;
  const hold = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
  const down = up ? -1 : 1;
  switch (key) {
    case "ArrowRight": return [row, hold(column + 1, columns)];
    case "ArrowLeft": return [row, hold(column - 1, columns)];
    case "ArrowDown": return [hold(row + down, rows), column];
    case "ArrowUp": return [hold(row - down, rows), column];
    case "Home": return [row, 0];
    case "End": return [row, columns - 1];
    default: return null;
  }
}

export interface GridKeys {
  /** [rows, columns] */
  size(): Cell;
  up?(): boolean;
  /** The cell the cursor stands on; null before the first key. */
  at(): Cell | null;
  move(cell: Cell): void;
  /** Enter or space. */
  choose(cell: Cell): void;
  /** Escape. */
  leave(): void;
}

/** Gives a focusable element a grid cursor. */
export function gridKeys(element: HTMLElement, signal: AbortSignal, grid: GridKeys): void {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [rows, columns] = grid.size();
    if (!rows || !columns) return;
    const up = grid.up?.() ?? false;
    const at = grid.at();
    const start: Cell = [up ? rows - 1 : 0, 0];
    if (event.key === "Escape") grid.leave();
    else if ((event.key === "Enter" || event.key === " ") && at) grid.choose(at);
    else {
      const next = moved(event.key, at ?? start, rows, columns, up);
      if (!next) return;
      // The first key shows the cursor where it starts; the next ones move it.
      grid.move(at ? next : start);
    }
    event.preventDefault();
  }, { signal });
}

/** Keeps keys from the notebook's own commands (D D deletes a cell), save the ones that run a cell or belong to the browser. */
export function containKeys(root: HTMLElement, signal: AbortSignal): void {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter")) return;
    event.stopPropagation();
  }, { signal });
}
