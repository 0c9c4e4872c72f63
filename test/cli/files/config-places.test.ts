import { describe, expect, it } from 'vitest';
import { configPlaces } from '../../../src/cli/files/config-places.ts';

const ofMachine = '/etc/lvstop/config.toml';

describe('the places of configuration', () => {
  it('are /etc, and the XDG folder of a user, else .config of the home', () => {
    const user = { userId: 1000, home: '/home/ada' };
    const inHome = '/home/ada/.config/lvstop/config.toml';
    expect(configPlaces({ ...user, environment: {} })).toEqual({ files: [ofMachine, inHome], own: inHome });
    expect(configPlaces({ ...user, environment: { HOME: '/srv/ada' } }).own).toBe(
      '/srv/ada/.config/lvstop/config.toml',
    );
    expect(configPlaces({ ...user, environment: { XDG_CONFIG_HOME: '/srv/x', HOME: '/srv/ada' } }).own).toBe(
      '/srv/x/lvstop/config.toml',
    );
  });

  it('are /etc and the home by the list of users for root, whatever sudo leaves in the environment', () => {
    const environment = { HOME: '/home/ada', XDG_CONFIG_HOME: '/home/ada/.config' };
    expect(configPlaces({ userId: 0, home: '/root', environment })).toEqual({
      files: [ofMachine, '/root/.config/lvstop/config.toml'],
      own: '/root/.config/lvstop/config.toml',
    });
    expect(configPlaces({ userId: 0, home: null, environment })).toEqual({
      files: [ofMachine],
      own: null,
    });
  });

  it('are the named file in place of the own one, and /etc as well', () => {
    const environment = { HOME: '/home/ada' };
    expect(configPlaces({ userId: 1000, home: null, environment }, '/mnt/x.toml')).toEqual({
      files: [ofMachine, '/mnt/x.toml'],
      own: '/mnt/x.toml',
    });
    expect(configPlaces({ userId: 0, home: '/root', environment }, '/mnt/x.toml')).toEqual({
      files: [ofMachine, '/mnt/x.toml'],
      own: '/mnt/x.toml',
    });
  });

  it.each(['', '.', 'config', './x', '../x'])('are never below the current folder: %j', (relative) => {
    const environment = { HOME: relative, XDG_CONFIG_HOME: relative };
    expect(configPlaces({ userId: 1000, home: null, environment })).toEqual({
      files: [ofMachine],
      own: null,
    });
    expect(configPlaces({ userId: 1000, home: '/home/ada', environment }).own).toBe(
      '/home/ada/.config/lvstop/config.toml',
    );
  });
});
