import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allServices } from '../../src/director/director.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { formatService, parseService } from '../../src/ipvs/identity.ts';
import { openRecording, Recording } from '../../src/recording/recording.ts';
import type { View } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { columns } from '../../src/ui/table/columns.ts';
import { chosenRows, printTable } from '../../src/ui/table/printed-table.ts';
import { deleteService, setService } from '../director/table-edits.ts';
import { began, RecordedSite, record, temporaryFolder } from './recorded-site.ts';

/** Columns that the recording does not tell: what is asked for elsewhere than in a view, and the kernel's averages. */
const elsewhere = /^(answers|check|label|traffic|deviation|peak|average.*)$/;

/** Everything else that the table shows of a view. */
function cells(view: View): string {
  const shown = columns.map(({ id }) => id).filter((id) => !elsewhere.test(id));
  const rows = chosenRows(view, { filter: '', sort: null });
  return printTable(rows, { columns: shown }, 'rates', { width: 1000, colorDepth: 'none' }).lines.join('\n');
}

describe('a recording', () => {
  it('shows each sample cell for cell as the screen showed it', async () => {
    const folder = temporaryFolder();
    const site = new RecordedSite();
    const views = await record(folder, site, 40, (place) => {
      const [first, second] = allServices(site.director);
      if (place === 10 && first !== undefined)
        setService(site.director, { ...first.service, scheduler: 'rr' });
      if (place === 20 && second !== undefined) deleteService(site.director, second.service.identity);
    });
    const recording = openRecording(folder);
    expect(recording.first).toBe(views[0]?.time);
    expect(recording.last).toBe(views.at(-1)?.time);
    for (const view of views) {
      const moment = allAtOnce(recording.momentAt(view.time));
      expect(moment?.time).toBe(view.time);
      expect(cells(moment!.view)).toBe(cells(view));
      const { rates, ...totals } = moment!.view.totals;
      expect(totals).toEqual({ ...view.totals, rates: undefined });
      expect(rates?.inBytes ?? null).toEqual(
        view.totals.rates && expect.closeTo(view.totals.rates.inBytes, 3),
      );
    }
  });

  it('stands on its own shard by shard: shares and trends go on, and a damaged one costs its own time only', async () => {
    const folder = temporaryFolder();
    const views = await record(folder, new RecordedSite(), 25, () => {}, 150_000);
    const files = readdirSync(folder).filter((name) => name.endsWith('.lvrec'));
    expect(files).toHaveLength(2);
    const [first = ''] = files;
    const whole = openRecording(folder);
    expect(whole.damages()).toEqual([]);
    expect(allAtOnce(whole.spans())).toEqual([{ from: views[0]?.time, to: views.at(-1)?.time }]);
    // Alone, as if the first had gone with age.
    const second = openRecording(join(folder, files[1] ?? ''));
    const begin = views.findIndex(({ time }) => time === second.first);
    for (const view of views.slice(begin, begin + 3))
      expect(cells(allAtOnce(second.momentAt(view.time))!.view)).toBe(cells(view));

    const bytes = readFileSync(join(folder, first));
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x55;
    writeFileSync(join(folder, first), bytes);
    const damaged = openRecording(folder);
    const [damage, ...others] = damaged.damages();
    expect(others).toEqual([]);
    expect(damage).toMatchObject({ kind: 'damaged', path: join(folder, first) });
    const spans = allAtOnce(damaged.spans());
    expect(spans).toHaveLength(2);
    expect(spans[0]?.to).toBe(damage?.after);
    expect(spans[1]).toEqual({ from: second.first, to: views.at(-1)?.time });
    for (const { time } of views.filter(({ time }) => time <= (damage?.after ?? 0)).slice(-3))
      expect(allAtOnce(damaged.momentAt(time))?.time).toBe(time);
  });

  it('is read while it is written, whatever of the last frame is there', async () => {
    const folder = temporaryFolder();
    const site = new RecordedSite();
    const views = await record(folder, site, 5);
    const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.lvrec'));
    const path = join(folder, name);
    const bytes = readFileSync(path);
    truncateSync(path, bytes.length - 3);
    const recording = openRecording(folder);
    expect(recording.last).toBe(views[3]?.time);
    expect(recording.damages()).toEqual([]);
    expect(allAtOnce(recording.momentAt(Number.POSITIVE_INFINITY))?.time).toBe(views[3]?.time);
    appendFileSync(path, bytes.subarray(-3));
    recording.refresh();
    expect(recording.last).toBe(views[4]?.time);
    expect(cells(allAtOnce(recording.momentAt(began * 2))!.view)).toBe(cells(views[4]!));
    expect(recording.before(views[4]?.time ?? 0)).toBe(views[3]?.time);
    expect(recording.after(views[1]?.time ?? 0)).toBe(views[2]?.time);
    expect(recording.after(views[4]?.time ?? 0)).toBeUndefined();
  });

  it('has what happened and what the doctor found', async () => {
    const folder = temporaryFolder();
    const about = formatService(parseService('tcp:203.0.113.10:80'));
    const finding: Finding = {
      check: 'forwarding-off',
      severity: 'error',
      subject: { kind: 'director' },
      lookedAt: '/proc/sys/net/ipv4/ip_forward',
      found: 'it is 0',
      matters: 'nothing is forwarded',
      mend: [],
    };
    await record(
      folder,
      new RecordedSite(),
      20,
      (place, writer) => {
        const time = began + place * 10_000;
        if (place === 3) writer.event({ kind: 'lost', time, about, text: 'what \u001b[2J', by: null });
        if (place === 5) writer.findings({ time, findings: [finding], unseen: ['the firewall'] });
      },
      100_000,
    );
    const recording = openRecording(folder);
    expect(allAtOnce(recording.events(0, Number.POSITIVE_INFINITY))).toEqual([
      { kind: 'lost', time: began + 30_000, about, text: 'what ␛[2J', by: null },
    ]);
    expect(allAtOnce(recording.events(began + 30_001, began * 2))).toEqual([]);
    const findingsAt = (time: number) => allAtOnce(recording.momentAt(time))?.findings ?? null;
    expect(findingsAt(began + 20_000)).toBeNull();
    expect(findingsAt(began + 70_000)?.findings).toEqual([finding]);
    // Each shard says it again.
    expect(findingsAt(began * 2)?.unseen).toEqual(['the firewall']);
  });

  it('tells what is no recording, and what to do', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'notes.lvrec');
    writeFileSync(path, 'milk, bread');
    expect(() => openRecording(path)).toThrow('it does not begin as a recording of lvstop does');
    expect(() => openRecording(join(folder, 'none'))).toThrow('no such file');
    const [damage] = new Recording(folder).damages();
    expect(damage).toMatchObject({ path, kind: 'damaged', after: null });
  });
});
