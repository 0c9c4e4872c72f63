import { useEffect, useMemo, useState } from 'react';
import {
  type GuideLine,
  modeSwitchGuide,
  serverSwitches,
  switchedAddresses,
} from '../../changes/plan/mode-switch-guide.ts';
import { doubtSentences, networkDoubts } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { modeDemands } from '../../forwarding/mode-demands.ts';
import { type NetworkFacts, networkFacts, unknownNetwork } from '../../forwarding/network-facts.ts';
import type { SetupChoice } from '../../forwarding/setup/setup-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { isForwardingMode } from '../../ipvs/forwarding-method.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { useDesk, useDialogPlace, usePage } from './dialog-context.ts';
import { frameWidth } from './dialog-frame.tsx';
import { commandLines, mostRead, warningLines } from './preview-lines.ts';
import { openScripts } from './script-dialog.tsx';
import { ScrolledDialog } from './scrolled-dialog.tsx';
import { useAnswers } from './use-answers.ts';
import { useForesight } from './use-foresight.ts';

/**
 * Asks before modes are switched, above the dialog where the mode was chosen: what changes in the kernel, what becomes
 * of connections, what the doctor will say, and what is to be done on each real server. It is confirmed with y, which
 * is never the key that brought the question up.
 */
export function openSwitch(desk: Desk, title: string, preview: PlanOfPreview): void {
  desk.openDialog(<SwitchDialog title={title} preview={preview} />, { isAbove: true });
}

type PlanOfPreview = Extract<Preview, { kind: 'plan' }>;

function SwitchDialog({ title, preview }: { title: string; preview: PlanOfPreview }) {
  const desk = useDesk();
  const page = usePage();
  const { plan } = preview;
  const [network, setNetwork] = useState(notLookedAt);
  useEffect(() => {
    void lookAround(desk, plan).then((facts) => facts !== undefined && setNetwork(facts));
  }, [desk, plan]);
  const answers = useAnswers(preview);
  const { columns } = useDialogPlace();
  const foresight = useForesight(preview, { width: Math.min(100, columns - frameWidth) - 2 });
  const guide = useMemo(() => linesOf(plan, network), [plan, network]);
  const told = [...answers, ...foresight].map(({ text }) => text).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: both are the same as long as they say the same
  const lines = useMemo(() => [...answers, ...guide, ...foresight], [told, guide]);
  return (
    <ScrolledDialog
      title={title}
      keys="y do it   s scripts   ↑ ↓ scroll   Esc back"
      height={20}
      lines={lines}
      page={page}
      onKey={({ text }) => {
        if (text === 'y') void desk.perform(preview);
        else if (text === 's') openScripts(desk, choicesOf(plan));
        else if (text === 'n') desk.closeDialog();
        else return false;
        return true;
      }}
    />
  );
}

const notLookedAt = networkFacts(unknownNetwork, () => undefined);

/** Reads the routes and settings that the network's rules go by, which takes its time. */
async function lookAround({ network, machine }: Desk, { steps }: Plan): Promise<NetworkFacts | undefined> {
  if (network === undefined || machine === undefined) return undefined;
  try {
    const picture = await network.picture(switchedAddresses(steps));
    const { sysctl } = await machine.sample();
    return networkFacts(picture, sysctl);
  } catch (error) {
    // The guide says that the network was not looked at.
    if (!(error instanceof IpvsError)) throw error;
    return undefined;
  }
}

function choicesOf({ steps }: Plan): SetupChoice[] {
  return serverSwitches(steps).flatMap(({ service, after }) => {
    const { identity: realServer, forwarding, tunnel } = after;
    return isForwardingMode(forwarding) ? [{ service, realServer, forwarding, tunnel }] : [];
  });
}

function linesOf({ steps, warnings }: Plan, network: NetworkFacts): readonly Part[] {
  // What a mode demands, and what the network speaks against, is told in full below.
  const toldBelow = new Set([
    ...Object.values(modeDemands).map(({ summary }) => summary),
    ...doubtSentences(networkDoubts(steps, network)),
  ]);
  const others = warnings.filter((warning) => !toldBelow.has(warning));
  return [
    ...commandLines(steps, mostRead.commands),
    ...warningLines(others, mostRead.warnings),
    ...modeSwitchGuide(steps, network).map(guideLine),
  ];
}

function guideLine({ kind, text }: GuideLine): Part {
  switch (kind) {
    case 'heading':
      return { text, role: 'strong' };
    case 'text':
      return { text: `  ${text}` };
    case 'command':
      return { text: `  ${text}`, role: 'command' };
    case 'error':
      return { text: `✗ ${text}`, role: 'error' };
    case 'warning':
      return { text: `▲ ${text}`, role: 'warning' };
  }
}
