import type { Director, ReadableDirector } from '../director/director.ts';
import { systemClock } from '../system/clock.ts';
import { createSampler } from './sampler.ts';
import { isWholeView, type View, type WholeView } from './view.ts';

/**
 * Reads a director until true rates are known, for at most `longest` milliseconds, or until the signal; resolves with
 * the last view. Does not wait if no service has carried anything yet. Throws the director's `IpvsError` when it is
 * lost.
 */
export async function sampleOnce(
  director: Director,
  longest: number,
  signal: AbortSignal,
): Promise<WholeView> {
  const sampler = createSampler({ director, interval: 1 });
  const first = living(await sampler.refresh());
  const carried = first.services.some(({ counters }) => counters.connections > 0);
  if (!carried || first.director.state.kind === 'frozen-counters') return first;
  const until = systemClock.now() + longest;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      sampler.stop();
      settle();
    };
    sampler.start((view) => {
      try {
        const whole = living(view);
        if (view.totals.rates !== null || systemClock.now() >= until || signal.aborted)
          end(() => resolve(whole));
      } catch (error) {
        end(() => reject(error));
      }
    });
  });
}

/** Reads a director once, with whatever rights there are. Throws its `IpvsError` when it is lost. */
export async function readOnce(director: ReadableDirector): Promise<View> {
  const view = await createSampler({ director, interval: 1 }).refresh();
  if (view.director.state.kind === 'lost') throw view.director.state.error;
  return view;
}

function living(view: View): WholeView {
  if (view.director.state.kind === 'lost') throw view.director.state.error;
  if (!isWholeView(view)) throw new TypeError('a director of full access gave a view that is not whole');
  return view;
}
