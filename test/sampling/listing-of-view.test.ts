import { expect, test } from 'vitest';
import { viewOfServices } from '../../src/cli/opening/printed-rows.ts';
import { listingOfView } from '../../src/sampling/listing-of-view.ts';
import { smallSite } from '../ui/fixed-view.ts';

test('a service has its share of all that the director gets, whatever else is listed', () => {
  const view = smallSite();
  const all = listingOfView(view).services;
  expect(all.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 5);
  const dns = view.services.find(({ key }) => key === 'udp:203.0.113.53:53');
  const [alone] = listingOfView(viewOfServices(view, new Set([dns!.key]))).services;
  expect(alone?.share).toBeCloseTo(dns!.rates!.connections / view.totals.rates!.connections, 10);
});

test('nobody has a share after one reading, nor where rates are not known', () => {
  const view = smallSite();
  expect(listingOfView(view, 'one').services.map(({ share }) => share)).toEqual(
    view.services.map(() => null),
  );
  const unknown = listingOfView({ ...view, totals: { ...view.totals, rates: null } });
  expect(unknown.services.map(({ share }) => share)).toEqual(view.services.map(() => null));
});
