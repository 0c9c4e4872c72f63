import { expect, test } from 'vitest';
import { ticksPerSecond } from '../../src/system/clock-tick.ts';

test.runIf(process.platform === 'linux')(
  'the kernel has as many ticks a second as it can be built with',
  () => {
    // kernel/Kconfig.hz; other architectures have 24 to 1200, too.
    expect([100, 250, 300, 1000]).toContain(ticksPerSecond());
  },
);
