/** Tables of other network namespaces, as the screen offers them. */
import { expect, it } from 'vitest';
import type { HeldTable } from '../../src/fleet/held-tables.ts';
import type { Elsewhere } from '../../src/ui/state/elsewhere.ts';
import { openScreen } from './open-screen.ts';

const table = (word: string, more: Partial<HeldTable> = {}): HeldTable => ({
  word,
  file: `/run/netns/${word}`,
  isOwn: false,
  services: 1,
  realServers: 2,
  keepers: [],
  ...more,
});

/** Other tables, and the words of those that were gone to. */
function elsewhereOf(
  tables: readonly HeldTable[],
  reason: string | null = null,
  unseen: readonly string[] = [],
) {
  const gone: string[] = [];
  const elsewhere: Elsewhere = {
    find: () => Promise.resolve({ tables, unseen }),
    go({ word }) {
      gone.push(word);
      return reason;
    },
  };
  return { elsewhere, gone };
}

const isOffered = ({ dialog }: { readonly dialog: unknown }) => dialog !== null;

it('lists those that hold services with who keeps them, and Enter goes to one', async () => {
  const { elsewhere, gone } = elsewhereOf([
    table('host', { isOwn: true }),
    table('ingress_sbox', { keepers: [{ name: 'dockerd', pid: 7 }] }),
    table('amphora-haproxy'),
  ]);
  const screen = await openScreen({ elsewhere });
  await screen.press('O');
  await screen.waitFor(isOffered);
  expect(screen.text()).toMatch(/ingress_sbox +1 service, 2 real servers, kept by dockerd \(process 7\)/);
  expect(screen.text()).not.toMatch(/host +1 service/);
  await screen.press('down', 'enter');
  expect(gone).toEqual(['amphora-haproxy']);
  expect(screen.controller.getState().dialog).toBeNull();
  screen.close();
});

it('says why one cannot be gone to, and stays', async () => {
  const { elsewhere } = elsewhereOf([table('rs1')], 'that takes CAP_SYS_ADMIN');
  const screen = await openScreen({ elsewhere });
  await screen.press('O');
  await screen.waitFor(isOffered);
  await screen.press('enter');
  expect(screen.text()).toContain('that takes CAP_SYS_ADMIN');
  screen.close();
});

it('says that there is none, and which were not looked at', async () => {
  const { elsewhere } = elsewhereOf([], null, ['sbox']);
  const screen = await openScreen({ elsewhere });
  await screen.press('O');
  await screen.waitFor(({ message }) => message !== null);
  expect(screen.text()).toContain(
    'no other network namespace holds a service; not looked at, which takes root: sbox',
  );
  screen.close();
});
