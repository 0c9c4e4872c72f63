import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onDirector } from '../../src/forwarding/diagnosis.ts';
import { openCopy } from '../../src/ui/dialogs/copy-dialog.tsx';
import { FindingsPane } from '../../src/ui/panes/findings-pane.ts';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

describe('copying', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const copied = () => screen.requests.filter((request) => request.startsWith('copy '));

  it('offers the address and what makes the row anew, a digit for each', async () => {
    await screen.press('down', 'Y');
    expect(screen.text()).toMatch(/1 {2}address +10\.0\.0\.21:8080/);
    await screen.press('3');
    expect(copied()).toEqual(['copy ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3']);
    expect(screen.text()).toContain('✓ copied, ipvsadm: ipvsadm -a');
    await screen.press('g', 'Y', 'down', 'down', 'enter');
    expect(copied().at(-1)).toMatch(/^copy lvstop add service tcp:203\.0\.113\.10:80/);
  });

  it('of a finding takes its mending command, without a question where there is only one', async () => {
    screen.controller.update({
      examination: {
        time: 0,
        unseen: [],
        findings: [
          {
            check: 'forwarding-off',
            severity: 'error',
            subject: { kind: 'director' },
            lookedAt: '/proc/sys/net/ipv4/ip_forward',
            found: 'it is 0',
            matters: 'nothing is forwarded',
            mend: [onDirector('sysctl -w net.ipv4.ip_forward=1')],
          },
        ],
      } as never,
    });
    screen.controller.openPane(new FindingsPane(screen.controller));
    await screen.press('Y');
    expect(copied()).toEqual(['copy sysctl -w net.ipv4.ip_forward=1']);
  });

  it('says where nothing mends it, and where the terminal may not take it', async () => {
    openCopy(screen.controller, []);
    await screen.press();
    expect(screen.text()).toContain('there is no command that mends this');
    screen.controller.copy = () => ({ kind: 'doubtful', reason: 'tmux may not' });
    openCopy(screen.controller, [{ name: 'address', text: '10.0.0.1:80' }]);
    await screen.press();
    expect(screen.text()).toContain('sent to be copied, address; tmux may not: 10.0.0.1:80');
    screen.controller.copy = () => null;
    openCopy(screen.controller, [{ name: 'address', text: '10.0.0.1:80' }]);
    await screen.press();
    expect(screen.text()).toContain('too long for a terminal');
  });
});
