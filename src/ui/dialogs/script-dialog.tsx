import { useEffect, useMemo, useState } from 'react';
import type { NetworkPicture } from '../../forwarding/network.ts';
import { unknownNetwork } from '../../forwarding/network-facts.ts';
import { type SetupAction, setupScript } from '../../forwarding/setup/script.ts';
import { type SetupChoice, setupObstacle, setupOf } from '../../forwarding/setup/setup-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import type { Part } from '../kit/page.ts';
import { useLiveState } from '../kit/use-live-state.ts';
import type { Desk } from '../state/desk.ts';
import { useDesk, useDialogPlace, usePage } from './dialog-context.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';

const actions = [
  { action: 'set up', name: 'set up' },
  { action: 'check', name: 'check' },
  { action: 'undo', name: 'take back' },
] as const satisfies readonly { action: SetupAction; name: string }[];

/** Shows the scripts that set real servers up, to be read before they are run, above what is open; `lvstop setup` prints them. */
export function openScripts(desk: Desk, choices: readonly SetupChoice[]): void {
  if (choices.length > 0) desk.openDialog(<ScriptDialog choices={choices} />, { isAbove: true });
}

function ScriptDialog({ choices }: { choices: readonly SetupChoice[] }) {
  const desk = useDesk();
  const { behind } = useDialogPlace().dialog;
  const page = usePage();
  const [network, setNetwork] = useState(unknownNetwork);
  useEffect(() => {
    void lookAround(desk, choices).then(setNetwork);
  }, [desk, choices]);
  const index = useLiveState(0);
  const purpose = useLiveState(0);
  const choice = choices[index.current];
  const { action, name } = actions[purpose.current] ?? actions[0];
  const lines = useMemo(
    () => (choice === undefined ? [] : linesOf(choice, action, network)),
    [choice, action, network],
  );
  const isOne = choices.length === 1;
  const place = isOne ? '' : `, ${index.current + 1} of ${choices.length}`;
  return (
    <ScrolledDialog
      title={
        choice === undefined
          ? 'Set-up'
          : `${forwardingMethodLabel(choice.forwarding)} on ${formatRealServer(choice.realServer)}${place}: ${name}`
      }
      keys={`${isOne ? '' : '← → real server   '}Tab set up, check, take back   ↑ ↓ scroll   Esc ${behind === null ? 'close' : 'back'}`}
      lines={lines}
      page={page}
      onKey={(key) => {
        if (key.name === 'tab') purpose.set((purpose.current + 1) % actions.length);
        else if (key.name === 'right') index.set((index.current + 1) % choices.length);
        else if (key.name === 'left') index.set((index.current + choices.length - 1) % choices.length);
        else return false;
        page.moveTo(0);
        return true;
      }}
    />
  );
}

function linesOf(choice: SetupChoice, action: SetupAction, network: NetworkPicture): readonly Part[] {
  const setup = setupOf(choice, network, { director: null, virtualAddresses: [] });
  const obstacle = setupObstacle(setup, network);
  if (obstacle !== undefined) {
    return [
      { text: `✗ ${obstacle.reason}`, role: 'error' },
      { text: `  with "lvstop setup": ${obstacle.advice}` },
    ];
  }
  return setupScript(setup, action)
    .trimEnd()
    .split('\n')
    .map((text) => (text.startsWith('#') ? { text } : { text, role: 'command' }));
}

async function lookAround({ network }: Desk, choices: readonly SetupChoice[]): Promise<NetworkPicture> {
  try {
    const addresses = choices.map(({ realServer }) => realServer.address);
    return (await network?.picture(addresses)) ?? unknownNetwork;
  } catch (error) {
    // Where the script needs something that is not known, that is shown in its place.
    if (!(error instanceof IpvsError)) throw error;
    return unknownNetwork;
  }
}
