/** Keys that something on the way is likely to decode, normalise, cut or refuse. */
export const hardKeys: readonly string[] = [
  'with spaces and + plus.csv',
  ' leading and trailing ',
  'per%20cent%2Fencoded%.csv',
  'question?mark#hash&amp;<xml>"\'.csv',
  '/leading//double///slashes/',
  '../../etc/./passwd',
  'quotes\'"`$(x);.csv',
  '{"json":"key"}@v~1',
  '顧客/データ.csv',
  'emoji-🏥-👩‍⚕️.csv',
  'new\nline and carriage\rreturn\r\n.csv',
  'control-\u0001\t\u001f\u007f.csv',
  `long/${'é'.repeat(509)}`,
  'x'.repeat(1_024),
];
