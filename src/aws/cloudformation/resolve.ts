import type { Template } from './load-template.ts';

/** The values that `Ref` and `GetAtt` return for a resource. */
export interface PhysicalResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResolveInput {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  /** For example `AWS::Region`. */
  readonly pseudoParameters: Readonly<Record<string, string>>;
  readonly resources: ReadonlyMap<string, PhysicalResource>;
}

export interface Resolver {
  /** Returns the value with every intrinsic function evaluated. Throws an error at an unknown function. */
  value(unresolved: unknown): unknown;
  condition(name: string): boolean;
}

const noValue = Symbol('AWS::NoValue');

/** Evaluates the intrinsic functions of CloudFormation that the templates of this project use. */
export function createResolver({
  template,
  parameters,
  pseudoParameters,
  resources,
}: ResolveInput): Resolver {
  const ref = (name: string): unknown => {
    if (name === 'AWS::NoValue') return noValue;
    const parameter = template.Parameters[name];
    if (parameter) {
      const given = parameters[name] ?? parameter.Default;
      if (given === undefined) throw new Error(`the parameter ${name} has no value`);
      const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
      return isList ? (given as string).split(',') : given;
    }
    const value = pseudoParameters[name] ?? resources.get(name)?.ref;
    if (value === undefined) throw new Error(`Ref to unknown ${name}`);
    return value;
  };
  const attribute = (resource: string, name: string): string => {
    const value = resources.get(resource)?.attributes[name];
    if (value === undefined) throw new Error(`GetAtt of unknown ${resource}.${name}`);
    return value;
  };
  const substitute = (text: string, variables: Readonly<Record<string, unknown>> = {}): string =>
    text.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => {
      // `${!Name}` stands for a literal `${Name}`, which IAM reads as its own variable.
      if (expression.startsWith('!')) return `\${${expression.slice(1)}}`;
      if (expression in variables) return String(value(variables[expression]));
      const [resource = '', ...path] = expression.split('.');
      return path.length > 0 ? attribute(resource, path.join('.')) : String(ref(resource));
    });
  const condition = (name: string): boolean => {
    if (!(name in template.Conditions)) throw new Error(`unknown condition ${name}`);
    return value(template.Conditions[name]) === true;
  };
  const isEqual = (left: unknown, right: unknown) => String(value(left)) === String(value(right));

  /** Returns `undefined` if the name is not a function. */
  const call = (name: string, argument: unknown): unknown => {
    const list = Array.isArray(argument) ? (argument as unknown[]) : [];
    switch (name) {
      case 'Ref':
        return ref(String(argument));
      case 'Fn::GetAtt':
        return attribute(String(list[0]), String(list[1]));
      case 'Fn::Sub':
        return typeof argument === 'string'
          ? substitute(argument)
          : substitute(String(list[0]), list[1] as Readonly<Record<string, unknown>>);
      case 'Fn::Join':
        return (value(list[1]) as unknown[]).join(String(list[0]));
      case 'Fn::Split':
        return String(value(list[1])).split(String(list[0]));
      case 'Fn::Select':
        return (value(list[1]) as unknown[])[Number(list[0])];
      case 'Fn::If':
        return value(condition(String(list[0])) ? list[1] : list[2]);
      // Zones and CIDR blocks get invented names, since the stand-ins create nothing in them.
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${String(value(argument))}${zone}`);
      case 'Fn::Cidr':
        return Array.from({ length: Number(list[1]) }, (_, index) => `${String(value(list[0]))}#${index}`);
      case 'Fn::Equals':
        return isEqual(list[0], list[1]);
      case 'Fn::Not':
        return value(list[0]) !== true;
      case 'Fn::And':
        return list.every((item) => value(item) === true);
      case 'Fn::Or':
        return list.some((item) => value(item) === true);
      case 'Condition':
        return typeof argument === 'string' ? condition(argument) : undefined;
      default:
        if (name.startsWith('Fn::')) throw new Error(`unknown function ${name}`);
        return undefined;
    }
  };

  const value = (unresolved: unknown): unknown => {
    if (Array.isArray(unresolved)) {
      return (unresolved as unknown[]).map(value).filter((item) => item !== noValue);
    }
    if (typeof unresolved !== 'object' || unresolved === null) return unresolved;
    const entries = Object.entries(unresolved);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      const called = call(only[0], only[1]);
      if (called !== undefined) return called;
    }
    const resolved = entries.map(([name, item]) => [name, value(item)] as const);
    return Object.fromEntries(resolved.filter(([, item]) => item !== noValue));
  };

  return { value, condition };
}
