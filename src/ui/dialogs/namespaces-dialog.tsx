import { count } from '../../changes/steps/describe.ts';
import type { HeldTable } from '../../fleet/held-tables.ts';
import { visible } from '../../ipvs/visible.ts';
import { Box } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Desk } from '../state/desk.ts';
import { useDesk, useKeys, useList } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { ListLine } from './list-line.tsx';

/**
 * Offers the IPVS tables of other network namespaces, unless the operator has opened something else while they were
 * looked for. That there are none is said only where the operator has asked (`isAsked`).
 */
export async function openNamespaces(desk: Desk, isAsked: boolean): Promise<void> {
  if (desk.elsewhere === undefined) return;
  const { tables, unseen } = await desk.elsewhere.find();
  const elsewhere = tables.filter(({ isOwn }) => !isOwn);
  desk.update({ elsewhere });
  const { dialog, pane, typed } = desk.getState();
  if (dialog !== null || pane !== null || typed !== null) return;
  if (elsewhere.length > 0) desk.openDialog(<NamespacesDialog tables={elsewhere} unseen={unseen} />);
  else if (isAsked)
    desk.say(
      'hint',
      `no other network namespace holds a service${unseen.length > 0 ? notLookedAt(unseen) : ''}`,
    );
}

function NamespacesDialog({ tables, unseen }: { tables: readonly HeldTable[]; unseen: readonly string[] }) {
  const desk = useDesk();
  const list = useList(0);
  useKeys((key) => {
    const table = tables[list.index];
    if (key.name !== 'enter' || table === undefined) {
      list.onKey(key);
      return;
    }
    const reason = desk.elsewhere?.go(table) ?? null;
    desk.closeDialog();
    if (reason !== null) desk.say('refusal', reason);
  });
  const names = tables.map(({ word }) => visible(word));
  const nameWidth = Math.max(...names.map((name) => name.length));
  const widest = nameWidth + 2 + Math.max(...tables.map((table) => sizeOf(table).length));
  return (
    <DialogFrame
      title="IPVS tables of other network namespaces"
      keys="↑ ↓ choose   Enter go there   Esc stay here"
      width={Math.max(76, widest)}
      height={Math.min(tables.length, 10) + 6}
    >
      {(width, height) => (
        <Box flexDirection="column">
          {list.fit(tables, Math.min(tables.length, height - 2)).map((table) => (
            <ListLine
              key={table.word}
              name={`${visible(table.word).padEnd(nameWidth)}  `}
              meaning={sizeOf(table)}
              isChosen={table === tables[list.index]}
              width={width}
            />
          ))}
          <Styled as="dim" wrap="wrap">
            {[
              ...(list.isScrolled ? [`${list.index + 1} of ${tables.length}`] : []),
              ...(unseen.length > 0 ? [notLookedAt(unseen).slice(2)] : []),
            ].join('   ') || ' '}
          </Styled>
        </Box>
      )}
    </DialogFrame>
  );
}

function notLookedAt(unseen: readonly string[]): string {
  return `; not looked at, which takes root: ${unseen.map(visible).join(', ')}`;
}

function sizeOf({ services, realServers, keepers }: HeldTable): string {
  const kept = keepers.map(({ name, pid }) => `${visible(name)} (process ${pid})`).join(', ');
  const size = `${count(services, 'service')}, ${count(realServers, 'real server')}`;
  return kept === '' ? size : `${size}, kept by ${kept}`;
}
