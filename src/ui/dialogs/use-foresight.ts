import { useEffect, useRef } from 'react';
import type { Part } from '../kit/page.ts';
import { useRedraw } from '../kit/use-live-state.ts';
import type { Preview } from '../state/preview.ts';
import { useDesk } from './dialog-context.ts';
import { type ForesightRoom, foresightLines } from './foresight-lines.ts';

/** Milliseconds without a key before a forecast is begun: half a number is another one. */
const typingPause = 500;

/**
 * What an edit will do to the connections, forecast while its preview is looked at, in lines; none where there is no
 * room. Nothing waits for it.
 */
export function useForesight(preview: Preview | undefined, room: ForesightRoom | undefined): readonly Part[] {
  const desk = useDesk();
  const redraw = useRedraw();
  const plan = preview?.kind === 'plan' && room !== undefined ? preview.plan : undefined;
  const newest = useRef(plan);
  newest.current = plan;
  const lines = plan?.lines.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is foretold is what the lines do
  useEffect(() => {
    let end = () => {};
    const timer = setTimeout(() => {
      if (newest.current !== undefined) end = desk.foresights.begin(newest.current, redraw);
    }, typingPause);
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [desk, lines]);
  const forecasts = plan && desk.foresights.of(plan);
  return forecasts === undefined || room === undefined ? [] : foresightLines(forecasts, room);
}
