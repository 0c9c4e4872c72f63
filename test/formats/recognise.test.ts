import { expect, test } from 'vitest';
import { recogniseFormat } from '../../src/formats/recognise.ts';

test.each([
  ['-A -f 1\n', 'ipvsadm'],
  ['# remark\n\n  -A -f 1\n', 'ipvsadm'],
  ['ipvsadm -A -f 1\n', 'ipvsadm'],
  ['/sbin/ipvsadm -C\n', 'ipvsadm'],
  ['{"version":1}', 'json'],
  ['\n {', 'json'],
  ['! Configuration File for keepalived\n', 'keepalived'],
  ['# remark\nglobal_defs {\n}\n', 'keepalived'],
  ['vrrp_instance VI_1 {\n', 'keepalived'],
  ['virtual_server 10.0.0.1 80 {\n', 'keepalived'],
  ['include /etc/keepalived/*.conf\n', 'keepalived'],
  ['virtual=192.0.2.1:80\n\treal=10.0.0.1:80 masq\n', 'ldirectord'],
  ['# Global\ncheckinterval = 5\n', 'ldirectord'],
  ['', 'ipvsadm'],
  ['# nothing\n', 'ipvsadm'],
  ['root:x:0:0:root:/root:/bin/bash\n', undefined],
  ['#!/bin/sh\necho\n', undefined],
])('%j', (text, format) => {
  expect(recogniseFormat(text)).toBe(format);
});
