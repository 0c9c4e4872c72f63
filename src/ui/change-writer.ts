import { JournalError } from '../changes/journal/journal.ts';
import { type Journalling, performJournalled } from '../changes/journal/perform-journalled.ts';
import type { Plan } from '../changes/plan/plan.ts';
import { describeStep, describeSteps, stepRealServer, stepService } from '../changes/steps/step-kinds.ts';
import { type PlanOutcome, performPlan } from '../changes/write/perform-plan.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatService, type RowKey, realServerKey, type ServiceKey } from '../ipvs/identity.ts';
import { visible } from '../ipvs/visible.ts';
import { type LastingTools, makeLasting } from '../manager/lasting/lasting-change.ts';
import { inTurns } from '../system/turns.ts';
import { openUnrecorded } from './dialogs/unrecorded-dialog.tsx';
import type { Desk } from './state/desk.ts';
import type { Preview } from './state/preview.ts';
import type { Message, ScreenState } from './state/screen-state.ts';

/** What a change writer works with. */
export interface ChangeWriterOptions {
  readonly desk: Desk;
  readonly journalling: Omit<Journalling, 'undoes'>;
  /** Reads the services with these keys again, after something was written. */
  readonly readAgain: (services: ReadonlySet<ServiceKey>) => Promise<unknown>;
}

/** What nobody has asked for just now leaves the dialog alone that is open. */
interface Asking {
  readonly isUnasked?: boolean;
}

/** Carries out what previews showed, one after the other. */
export class ChangeWriter {
  readonly #desk: Desk;
  readonly #journalling: Omit<Journalling, 'undoes'>;
  readonly #readAgain: ChangeWriterOptions['readAgain'];
  #isWriting = false;
  #leavesAfterwards = false;

  constructor({ desk, journalling, readAgain }: ChangeWriterOptions) {
    this.#desk = desk;
    this.#journalling = journalling;
    this.#readAgain = readAgain;
  }

  get isWriting(): boolean {
    return this.#isWriting;
  }

  /**
   * Has lvstop quit after the change that is being written; `false` where none is, or where this was asked for before.
   */
  leaveAfterwards(): boolean {
    if (!this.#isWriting || this.#leavesAfterwards) return false;
    this.#leavesAfterwards = true;
    return true;
  }

  /** See `Desk.perform`. */
  async perform(
    [preview, onDone, recorded = 'recorded']: Parameters<Desk['perform']>,
    { isUnasked = false }: Asking = {},
  ): Promise<void> {
    const desk = this.#desk;
    if (preview.kind !== 'plan') return;
    if (this.#isWriting) {
      desk.say('hint', 'the change before is still being written');
      return;
    }
    const { plan, undone } = preview;
    this.#isWriting = true;
    desk.happenings.own.expect(plan.steps, desk.director.clock.time());
    let own: Partial<ScreenState> = isUnasked ? {} : { dialog: null };
    let isWell = false;
    try {
      const work = this.#write(preview, recorded);
      if (work instanceof Promise) {
        desk.update({ ...own, message: { kind: 'hint', text: `writing ${describeSteps(plan.steps)} …` } });
        // A dialog that is opened meanwhile is not this change's to close.
        own = {};
      }
      const outcome = work instanceof Promise ? await work : work;
      desk.update({ ...own, message: outcomeMessage(plan, outcome, undone) });
      tellOutcome(desk, preview, outcome);
      if (outcome.kind === 'done' && outcome.record !== null) {
        desk.foresights.performed(plan, outcome.record, desk.director.clock.time());
      }
      if (outcome.kind === 'done') onDone?.();
      isWell = outcome.kind === 'done' && outcome.deviations.length === 0;
    } catch (error) {
      if (error instanceof JournalError) {
        openUnrecorded(desk, { error, preview, onDone });
        return;
      }
      if (!(error instanceof IpvsError)) throw error;
      desk.update({ ...own, message: { kind: 'refusal', text: error.message } });
      desk.happenings.did('not-done', error.message);
    } finally {
      this.#end(isWell);
    }
    await this.#readAgain(servicesOf(plan));
    this.#goToAdded(plan);
  }

  /** See `Desk.performLasting`. */
  async performLasting(
    { isUnasked = false, ...tools }: Pick<LastingTools, 'findKeepalived'> & Partial<LastingTools> & Asking,
    ...[change, { undoes, undone }, onDone]: Parameters<Desk['performLasting']>
  ): Promise<void> {
    const desk = this.#desk;
    if (this.#isWriting) {
      desk.say('hint', 'the change before is still being written');
      return;
    }
    const { plan, edit } = change;
    const path = visible(edit.path);
    this.#isWriting = true;
    desk.happenings.own.expect(plan.steps, desk.director.clock.time());
    let isWell = false;
    const text =
      change.way === 'reload' ? `keepalived tests and reads ${path} …` : `keepalived follows ${path} …`;
    desk.update({ ...(!isUnasked && { dialog: null }), message: { kind: 'hint', text } });
    try {
      const journalling = { ...this.#journalling, ...(undoes !== undefined && { undoes }) };
      const { remarks } = await makeLasting(change, { director: desk.director, journalling, ...tools });
      const done = undone === undefined ? describeSteps(plan.steps) : `undone: ${undone}`;
      const text = `${plan.steps.length === 0 ? 'lasting' : done}; in ${path}, too`;
      desk.update({
        message:
          remarks.length > 0
            ? { kind: 'hint', text: `${text}: ${remarks.join(' ')}` }
            : { kind: 'done', text },
      });
      desk.happenings.did(undone === undefined ? 'edited' : 'undone', text, keyOf(plan.steps));
      onDone?.(change);
      isWell = remarks.length === 0;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      desk.update({ message: { kind: 'refusal', text: error.message } });
      desk.happenings.did('not-done', error.message);
    } finally {
      this.#end(isWell);
    }
    await this.#readAgain(servicesOf(plan));
  }

  /** Writing is over; `isWell` where all of it was done, so that lvstop can be left where that was asked for. */
  #end(isWell: boolean): void {
    this.#isWriting = false;
    this.#desk.foresights.forget();
    const leaves = this.#leavesAfterwards && isWell;
    this.#leavesAfterwards = false;
    if (leaves) this.#desk.quit();
  }

  #write({ plan, undoes }: Extract<Preview, { kind: 'plan' }>, recorded: 'recorded' | 'without a record') {
    const { director } = this.#desk;
    const journalling = { ...this.#journalling, ...(undoes !== undefined && { undoes }) };
    return inTurns(
      recorded === 'recorded' ? performJournalled(director, plan, journalling) : performPlan(director, plan),
    );
  }

  /** Brings the cursor to what was just added, which is what the next key is most likely meant for. */
  #goToAdded({ steps }: Plan): void {
    const step = steps[0];
    if (step?.kind !== 'add service' && step?.kind !== 'add real server') return;
    const key =
      step.kind === 'add service'
        ? formatService(step.after.identity)
        : realServerKey(step.service, step.after.identity);
    if (this.#desk.getState().rows.indexOf(key) >= 0) this.#desk.update({ cursorKey: key });
  }
}

/** Keys of the services that a plan writes. */
function servicesOf({ steps }: Plan): ReadonlySet<ServiceKey> {
  return new Set(
    steps
      .map(stepService)
      .filter((service) => service !== null)
      .map(formatService),
  );
}

/** Puts into the events what was done, or how far it came. */
function tellOutcome(
  desk: Desk,
  { plan: { steps }, undone }: Extract<Preview, { kind: 'plan' }>,
  outcome: PlanOutcome,
): void {
  if (outcome.kind !== 'done') desk.happenings.did('not-done', problemOf(outcome));
  else if (undone === undefined) desk.happenings.did('edited', describeSteps(steps), keyOf(steps));
  else desk.happenings.did('undone', undone, keyOf(steps));
}

/** The row that a plan's first step is about; `null` where it is about none. */
function keyOf([first]: Plan['steps']): RowKey | null {
  if (first === undefined) return null;
  const service = stepService(first);
  const realServer = stepRealServer(first);
  if (service === null) return null;
  return realServer === null ? formatService(service) : realServerKey(service, realServer);
}

function problemOf(outcome: Exclude<PlanOutcome, { kind: 'done' }>): string {
  return outcome.kind === 'partly done' ? outcome.error.message : outcome.deviations.join(' ');
}

function outcomeMessage({ steps }: Plan, outcome: PlanOutcome, undone: string | undefined): Message {
  if (outcome.kind === 'partly done') return { kind: 'refusal', text: outcome.error.message };
  if (outcome.deviations.length > 0) return { kind: 'refusal', text: outcome.deviations.join(' ') };
  if (undone !== undefined) return { kind: 'done', text: `undone: ${undone}; u again for the one before` };
  const [first] = steps;
  const more = steps.length > 1 ? `, and ${steps.length - 1} more` : '';
  return { kind: 'done', text: `${first === undefined ? 'nothing to do' : describeStep(first)}${more}` };
}
