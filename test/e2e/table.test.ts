import { afterEach, describe, expect, it } from 'vitest';
import { openLvstop } from './lvstop.ts';
import { closeTerminals } from './terminal.ts';

afterEach(closeTerminals);

const web = 'tcp:203.0.113.10:80';

describe('the table', () => {
  it('is walked through by rows, pages and ends, by arrows and by letters', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 80, rows: 24 });
    expect(lvstop.selected()).toBe('tcp:198.51.100.20:8443');

    lvstop.press('down', 'j');
    await lvstop.waitForSelection('10.30.0.11:8443');
    lvstop.press('k', 'up');
    await lvstop.waitForSelection('tcp:198.51.100.20:8443');

    lvstop.press('G');
    await lvstop.waitForSelection('10.0.5.43:0');
    lvstop.press('down');
    lvstop.press('g');
    await lvstop.waitForSelection('tcp:198.51.100.20:8443');

    lvstop.press('pagedown');
    await lvstop.terminal.waitFor(() => lvstop.selected() !== 'tcp:198.51.100.20:8443');
    expect(lvstop.names().at(-1)).toBe(lvstop.selected());
    lvstop.press('end');
    await lvstop.waitForSelection('10.0.5.43:0');
    lvstop.press('home', 'pageup');
    await lvstop.waitForSelection('tcp:198.51.100.20:8443');
  });

  it('hides and shows the real servers of a service; from a real server the way leads to its service', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    await lvstop.select('10.0.0.23:8080');
    lvstop.press('left');
    await lvstop.waitForSelection(web);
    lvstop.press('left');
    await lvstop.terminal.waitUntilGone('10.0.0.23:8080');
    expect(lvstop.terminal.text()).toContain(`▸ ${web}`);
    expect(lvstop.row(web)).toMatchObject({ MODE: 'NAT', SCHED: 'wrr', WEIGHT: '8' });

    lvstop.press('right');
    await lvstop.terminal.waitFor('10.0.0.23:8080');
    expect(lvstop.selected()).toBe(web);
  });

  it('keeps the cursor on the same real server when the order changes under it', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '--sort', 'connections', '-d', '0.2'] });
    lvstop.press('t');
    await lvstop.terminal.waitUntilGone(`▾ ${web}`);
    // Not before there are rates, by which to sort.
    await lvstop.terminal.waitFor(() => lvstop.rows().every((row) => row['CONN/s'] !== '…'));
    const flatRow = '10.0.2.12:53 of udp:203.0.113.53:53';
    await lvstop.select(flatRow);
    const place = lvstop.names().indexOf(flatRow);

    await lvstop.terminal.waitFor(() => lvstop.names().indexOf(flatRow) !== place);
    expect(lvstop.selected()).toBe(flatRow);
  });

  it('shows what holds the filter, while it is typed', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    lvstop.press('/');
    await lvstop.terminal.waitFor('filter:');
    lvstop.terminal.type('tun');
    await lvstop.terminal.waitUntilGone(web);
    expect(new Set(lvstop.rows().map((row) => row.MODE))).toEqual(new Set(['TUN']));

    // Keys that are commands elsewhere are letters here.
    lvstop.terminal.type('q');
    await lvstop.terminal.waitFor('Nothing holds "tunq"');
    lvstop.press('backspace', 'enter');
    await lvstop.waitUntilSaid('filter "tun" (\\ clears)');

    lvstop.press('\\');
    await lvstop.terminal.waitFor(web);

    lvstop.press('/');
    lvstop.terminal.paste('!dr\r\n');
    await lvstop.terminal.waitFor(() => !lvstop.rows().some((row) => row.MODE === 'DR'));
    expect(lvstop.names()).toContain(web);
    lvstop.press('escape');
    await lvstop.terminal.waitFor(() => lvstop.rows().some((row) => row.MODE === 'DR'));
  });

  it('begins with the filter and the order that were asked for', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '--filter', '203.0.113', '--sort', 'weight'] });
    expect(lvstop.names()[0]).toBe('tcp:203.0.113.10:443');
    expect(lvstop.terminal.text()).toContain('WEIGHT▼');
    expect(lvstop.terminal.text()).not.toContain('198.51.100.20');
  });

  it('sorts by the column that is chosen with < and >, and the other way round with I', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    lvstop.press('>', '>', '>', '>');
    await lvstop.terminal.waitFor('WEIGHT▼');
    // A new order is seen from its top.
    await lvstop.waitForSelection('tcp:203.0.113.10:443');
    expect(lvstop.names().slice(0, 2)).toEqual(['tcp:203.0.113.10:443', '10.0.1.31:443']);

    lvstop.press('I');
    await lvstop.terminal.waitFor('WEIGHT▲');
    expect(lvstop.row(web).WEIGHT).toBe('8');
    const weights = lvstop
      .rows()
      .filter((row) => row.SCHED !== '')
      .map((row) => Number(row.WEIGHT));
    expect(weights).toEqual(weights.toSorted((left, right) => left - right));

    lvstop.press('<');
    await lvstop.terminal.waitFor('SCHED');
    await lvstop.terminal.waitUntilGone('WEIGHT▲');
  });

  it('tags rows, for an edit of all of them at once', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('space', 'space');
    await lvstop.waitForSelection('10.0.0.23:8080');
    await lvstop.waitUntilSaid('2 tagged (U untags)');

    // The cursor is elsewhere; the edit goes to the tagged ones.
    lvstop.press('w');
    await lvstop.waitForDialog('Weight of 2 real servers');
    lvstop.terminal.type('9');
    await lvstop.waitForDialog(/-r 10\.0\.0\.21:8080 .* -w 9.*-r 10\.0\.0\.22:8080 .* -w 9/);
    lvstop.press('enter');
    await lvstop.waitUntilSaid('weight 3 → 9, and 1 more');
    await lvstop.terminal.waitFor(() => lvstop.row('10.0.0.22:8080').WEIGHT === '9');
    expect(lvstop.row('10.0.0.21:8080').WEIGHT).toBe('9');
    expect(lvstop.row('10.0.0.23:8080').WEIGHT).toBe('2');

    lvstop.press('U');
    await lvstop.terminal.waitUntilGone('tagged');
  });

  it('holds the demo’s time, steps through it, and lets it pass faster', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '-d', '0.2', '--speed', '2'] });
    await lvstop.terminal.waitFor('● live 0.2s ×2');
    lvstop.press('p');
    await lvstop.terminal.waitFor('‖ paused');
    // What is read afresh is as it was, and only an edit shows.
    lvstop.press('down', 'w', '7', 'enter');
    await lvstop.waitUntilSaid('weight 2 → 7');
    await lvstop.terminal.waitFor(() => lvstop.row('10.20.0.11:8443').WEIGHT === '7');
    const held = lvstop.rows();
    lvstop.press('w');
    await lvstop.waitForDialog('Weight');
    await lvstop.cancel();
    expect(lvstop.rows()).toEqual(held);

    const hasMoved = () => JSON.stringify(lvstop.rows()) !== JSON.stringify(held);
    // Some steps: a single one may fall between two moves of the counters.
    for (let steps = 0; steps < 15; steps++) lvstop.press(']');
    await lvstop.terminal.waitFor(hasMoved);
    await lvstop.terminal.waitFor('‖ paused');

    lvstop.press('p', ')', ')');
    await lvstop.terminal.waitFor('● live 0.2s ×8');
  });

  it('tells every key and every column in its help', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 120, rows: 24 });
    lvstop.press('?');
    await lvstop.waitForDialog('Help');
    expect(lvstop.dialogText()).toContain('↑ k');
    const seen = new Set(lvstop.dialog());
    for (let page = 0; page < 9; page++) {
      const before = lvstop.dialogText();
      lvstop.press('pagedown');
      await lvstop.terminal.waitFor(() => lvstop.dialogText() !== before || !before.includes('more lines'));
      for (const line of lvstop.dialog() ?? []) seen.add(line);
    }
    const help = [...seen].join('\n');
    for (const word of ['weight one up', 'Ctrl-Z', 'F10', 'SHARE/DUE', 'nothing is seen'])
      expect(help).toContain(word);

    await lvstop.cancel();
    lvstop.press('f1');
    await lvstop.waitForDialog('Help');
  });

  it('makes room for all that is known of a row, kept up to date, and walks from row to row there', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '-d', '0.2'], rows: 24 });
    await lvstop.select('10.40.0.11:8443');
    lvstop.press('enter');
    await lvstop.waitForPane('Real server 10.40.0.11:8443 of tcp:198.51.100.20:8443');
    await lvstop.waitForPane('gre');
    const before = lvstop.paneText();
    await lvstop.terminal.waitFor(() => lvstop.paneText() !== before);

    lvstop.press('n');
    await lvstop.waitForPane('Service tcp:203.0.113.10:80');
    lvstop.press('n', 'pagedown', 'end');
    await lvstop.waitForPane('Real server 10.0.0.21:8080');
    await lvstop.waitForPane('↑');

    await lvstop.leavePane();
    expect(lvstop.selected()).toBe('10.0.0.21:8080');
  });

  it('is not needed for an edit: in the detail it goes to the row that is shown, whatever is tagged', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    await lvstop.select('10.0.0.21:8080');
    lvstop.press('space', 'space', 'enter');
    await lvstop.waitForPane('Real server 10.0.0.23:8080');
    lvstop.press('+');
    await lvstop.waitForDialog('Weight of 10.0.0.23:8080');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('10.0.0.23:8080 of tcp:203.0.113.10:80: weight 2 → 3');
    await lvstop.waitForPane('weight 3');
    lvstop.press('/');
    await lvstop.waitUntilSaid('belongs to the table, which is behind Esc');
    await lvstop.leavePane();
    expect(lvstop.row('10.0.0.21:8080').WEIGHT).toBe('3');
  });

  it('reads as often as it is told, within bounds', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    lvstop.press('d');
    await lvstop.waitForDialog('Refresh interval');
    lvstop.press('backspace');
    lvstop.terminal.type('0.1');
    lvstop.press('enter');
    await lvstop.waitForDialog('give a number from 0.2 to 60');
    lvstop.press('ctrl+u');
    lvstop.terminal.type('5');
    lvstop.press('enter');
    await lvstop.terminal.waitFor('● live 5s');
  });

  it('takes commands by name, with completion', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    lvstop.press(':');
    lvstop.terminal.type('sort wei');
    lvstop.press('tab', 'enter');
    await lvstop.terminal.waitFor('WEIGHT▼');

    lvstop.press(':');
    lvstop.terminal.type('filter 203.0.113.10:80');
    lvstop.press('enter');
    await lvstop.terminal.waitUntilGone('203.0.113.53');
    lvstop.press('g', ':');
    lvstop.terminal.type('scheduler rr');
    lvstop.press('enter');
    await lvstop.waitForDialog('-s rr');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('scheduler wrr → rr');

    lvstop.press(':');
    lvstop.terminal.type('nonsense');
    lvstop.press('enter');
    await lvstop.waitUntilSaid('there is no command "nonsense"');
    lvstop.press(':', 'q');
    await lvstop.terminal.waitFor(':q');
    lvstop.press('escape');
    await lvstop.terminal.waitUntilGone(':q');
  });

  it('is walked through with the mouse once that is switched on', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], rows: 20 });
    expect(lvstop.terminal.modes().mouse).toBe('none');
    lvstop.press('M');
    await lvstop.waitUntilSaid('mouse on');
    await lvstop.terminal.waitFor(() => lvstop.terminal.modes().mouse !== 'none');
    const y = lvstop.terminal.screen().findIndex((line) => line.includes('10.0.0.21:8080'));
    lvstop.terminal.mouse('click', 10, y);
    await lvstop.waitForSelection('10.0.0.21:8080');
    lvstop.terminal.mouse('wheel down', 10, y);
    await lvstop.waitForSelection('10.0.0.24:8080');
    lvstop.terminal.mouse('wheel up', 10, y);
    await lvstop.waitForSelection('10.0.0.21:8080');
    lvstop.press('M');
    await lvstop.terminal.waitFor(() => lvstop.terminal.modes().mouse === 'none');
  });

  it('shows the columns that are chosen, for now', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 110 });
    lvstop.press('f2');
    await lvstop.waitForDialog('Columns and settings');
    await lvstop.waitForDialog('[x] MODE');
    lvstop.press('down', 'space');
    await lvstop.waitForDialog('[ ] MODE');
    await lvstop.terminal.waitFor(() => !lvstop.columns().includes('MODE'));
    // Esc takes it back; nothing was written anywhere.
    await lvstop.cancel();
    await lvstop.terminal.waitFor(() => lvstop.columns().includes('MODE'));
  });
});
