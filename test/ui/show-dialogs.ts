/** The dialogs of a desk as Ink draws them, without table and terminal. `loadInk` must be done. */
import type { Controller } from '../../src/ui/controller.ts';
import { createDialogLayer } from '../../src/ui/dialog-layer.tsx';
import { createTheme } from '../../src/ui/kit/theme.ts';

/** Dialogs that can be looked at. */
export interface ShownDialogs {
  /** Lines of the open dialog, its frame left out; none while none is open. */
  lines(): string[];
  resize(columns: number, rows: number): void;
  /** Resolves when what came of the last key is drawn. */
  drawn(): Promise<void>;
  close(): void;
}

const theme = createTheme({ name: 'dark', depth: '256' });

/** Draws the dialogs of that desk, on a screen of that size. */
export function showDialogs(controller: Controller, columns: number, rows: number): ShownDialogs {
  const layer = createDialogLayer(controller, { columns, rows, theme }, () => undefined);
  return {
    lines() {
      const area = layer.area();
      if (area === undefined || controller.getState().dialog === null) return [];
      const inside = { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 };
      return Array.from({ length: inside.height }, (_, y) =>
        layer.sheet
          .rowText(inside.y + y)
          .slice(inside.x, inside.x + inside.width)
          .trimEnd(),
      );
    },
    resize: (width, height) => layer.resize(width, height),
    async drawn() {
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => layer.close(),
  };
}
