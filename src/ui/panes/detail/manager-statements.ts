import { formatRealServer } from '../../../ipvs/identity.ts';
import { instanceText } from '../../../manager/keepalived/vrrp-text.ts';
import type { OutRealServer } from '../../../manager/row-checks.ts';
import { sinceText } from '../../../manager/since-text.ts';
import type { Part } from '../../kit/page.ts';
import { momentOf } from '../../state/age.ts';
import type { ScreenState } from '../../state/screen-state.ts';
import type { Row } from '../../table/row.ts';

/** Real servers that are named; more are counted. */
const mostNamed = 4;

/** What keepalived has to do with a row: the VRRP instance of its address, and what its checks have taken out. */
export function managerStatements(
  state: Pick<ScreenState, 'manager' | 'checks' | 'now' | 'view'>,
  { key, kind, service }: Row,
): readonly Part[] {
  const { manager, checks } = state;
  if (manager.kind !== 'keepalived') return [];
  const now = momentOf(state);
  const check = checks.get(key);
  if (kind === 'real server') {
    if (check?.kind !== 'inhibited') return [];
    const since = check.since === null ? '' : ` since ${sinceText(check.since, now)}`;
    return [{ text: `✗ inhibited${since}, by ${check.by.join(', ')}`, role: 'error' }];
  }
  const { identity } = service.service;
  const instances = manager.instances.filter(
    ({ addresses }) => identity.kind === 'address' && addresses.includes(identity.address),
  );
  const out = check?.kind === 'service' ? check.out : [];
  const more = out.length - mostNamed;
  return [
    ...instances.map((instance): Part => {
      const isWrong =
        instance.state === 'partly' || instance.state === 'fault' || instance.contradicted !== null;
      return { text: instanceText(instance, now), role: isWrong ? 'warning' : 'dim' };
    }),
    ...out.slice(0, mostNamed).map((each): Part => ({ text: outText(each, now), role: 'warning' })),
    ...(more > 0 ? [{ text: `▲ ${more} more are out of the table`, role: 'warning' } as const] : []),
  ];
}

function outText({ identity, by, since, isSaid }: OutRealServer, now: number): string {
  const name = formatRealServer(identity);
  const time = since === null ? '' : ` since ${sinceText(since, now)}`;
  if (isSaid) return `▲ ${name} down${time}, by its ${by.join(', ')}: keepalived says so`;
  return by.length === 0
    ? `▲ ${name} is not in the table${time}, and has no check: K tells more`
    : `▲ ${name} is not in the table${time}; its ${by.join(', ')} may have taken it out: K tells more`;
}
