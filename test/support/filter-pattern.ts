/** Whether a log line matches. */
export type FilterPattern = (line: Readonly<Record<string, unknown>>) => boolean;

/**
 * A JSON filter pattern of CloudWatch Logs, as far as deploy/ecs/cloudwatch.yaml uses them: comparisons
 * of one field with a text or a number, NOT EXISTS, &&, || and brackets.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export function parseFilterPattern(pattern: string): FilterPattern {
  const tokens =
    pattern.match(/&&|\|\||[(){}]|<=|>=|!=|[<>=]|\$\.\w+|"[^"]*"|-?\d+(?:\.\d+)?|[A-Z]+|\S/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at] ?? 'the end';
    if (expected !== undefined && token !== expected) {
      throw new Error(`${expected} is missing before ${token} in ${pattern}`);
    }
    at += 1;
    return token;
  };
  const either = (): FilterPattern => {
    const parts = [both()];
    while (tokens[at] === '||') {
      take('||');
      parts.push(both());
    }
    return (line) => parts.some((part) => part(line));
  };
  const both = (): FilterPattern => {
    const parts = [single()];
    while (tokens[at] === '&&') {
      take('&&');
      parts.push(single());
    }
    return (line) => parts.every((part) => part(line));
  };
  const single = (): FilterPattern => {
    if (tokens[at] === '(') {
      take('(');
      const inner = either();
      take(')');
      return inner;
    }
    const field = /^\$\.(\w+)$/.exec(take())?.[1];
    if (field === undefined) throw new Error(`no field before ${tokens[at]} in ${pattern}`);
    const operator = take();
    if (operator === 'NOT') {
      take('EXISTS');
      return (line) => !Object.hasOwn(line, field);
    }
    return comparison(field, operator, take());
  };
  take('{');
  const whole = either();
  take('}');
  if (at !== tokens.length) throw new Error(`${tokens[at]} is too much in ${pattern}`);
  return whole;
}

function comparison(field: string, operator: string, operand: string): FilterPattern {
  if (operand.startsWith('"')) {
    // No wildcard: none is used.
    if (!['=', '!='].includes(operator) || operand.includes('*')) {
      throw new Error(`${operator} ${operand} is not supported`);
    }
    const isEqual: FilterPattern = (line) => line[field] === operand.slice(1, -1);
    // An absent field is not compared: the line does not match.
    return operator === '=' ? isEqual : (line) => Object.hasOwn(line, field) && !isEqual(line);
  }
  const number = Number(operand);
  const compare = numeric[operator];
  if (compare === undefined || Number.isNaN(number))
    throw new Error(`${operator} ${operand} is not supported`);
  return (line) => {
    const value = line[field];
    return typeof value === 'number' && compare(value, number);
  };
}

const numeric: Readonly<Record<string, (value: number, operand: number) => boolean>> = {
  '=': (value, operand) => value === operand,
  '<': (value, operand) => value < operand,
  '<=': (value, operand) => value <= operand,
  '>': (value, operand) => value > operand,
  '>=': (value, operand) => value >= operand,
};
