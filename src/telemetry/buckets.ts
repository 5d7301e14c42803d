const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export const receiveBuckets = [1, 2, 3, 5, 10, 20, 40];

/** For a handling and its steps: from milliseconds to the hours of a large copy. */
export const handlingBuckets = [
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  minute,
  5 * minute,
  hour,
];
/** For an AWS call, including long polls and large copies. The buckets are few because there are many operations. */
export const callBuckets = [0.025, 0.1, 0.5, 1, 5, 30, 2 * minute];
/** From a finding or an upload to the removal: from seconds to weeks. The objective is at five minutes. */
export const exposureBuckets = [
  1,
  5,
  10,
  30,
  minute,
  2 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  6 * hour,
  day,
  3 * day,
  7 * day,
  30 * day,
];
