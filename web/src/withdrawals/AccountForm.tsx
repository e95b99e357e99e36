import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { CoinWarning } from './CoinWarning.tsx';
import { Confirm } from './Confirm.tsx';
import {
  keepAccount,
  type MethodName,
  openSetUp,
  type PayoutAccount,
  type Terms,
  withdrawalsChanged,
} from './withdrawals-api.ts';

interface AccountFormProps {
  readonly methods: readonly Terms[];
  /** The account that this replaces. */
  readonly change: PayoutAccount | undefined;
  /** What a bank says is wrong: where the keyboard begins. */
  readonly field: string | undefined;
  readonly onDone: () => void;
}

const NAMES: Readonly<Record<MethodName, string>> = {
  sepa: 'A bank in Europe (IBAN)',
  ach: 'A bank in the United States',
  stripe: 'Stripe',
  btcpay: 'Bitcoin, to an address of yours',
  paypal: 'PayPal, to your e-mail address there',
  manual: 'By hand, anywhere else',
};

/** The numbers of an account, then the confirmation. They are typed anew also for a change: nobody is shown them again. */
export function AccountForm({ methods, change, field, onDone }: AccountFormProps) {
  const offered = [...new Set(methods.map(({ method }) => method))];
  const [method, setMethod] = useState<MethodName>(change?.method ?? offered[0] ?? 'manual');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({
    holder: change?.holder ?? '',
    country: change?.country ?? '',
    accountType: 'checking',
  });
  const [confirming, setConfirming] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const kind = useId();
  const keep = useMutation({
    mutationFn: async () => {
      const account = await keepAccount(bodyOf(method, values, change));
      // What is kept is kept: should the page not open, the set-up goes on from the list of accounts.
      const page = account.setUp === null ? null : await openSetUp(account.id).catch(() => null);
      return { account, page };
    },
    onSuccess: ({ account, page }) => {
      void withdrawalsChanged();
      if (page !== null) {
        window.location.assign(page.url);
        return;
      }
      notifyDone(`${account.name} ${account.masked} is kept.`);
      onDone();
    },
    onError: () => setConfirming(false),
  });
  const problem = keep.error === null ? null : ApiProblem.of(keep.error);
  const wrongOf = (name: string) =>
    problem?.field === `/${name}` ? `${problem.detail} ${problem.remedy}` : undefined;
  useEffect(() => {
    if (field === undefined) return;
    const input = form.current?.elements.namedItem(field);
    if (input instanceof HTMLElement) input.focus();
  }, [field]);
  const input = (name: string) => ({
    name,
    value: values[name] ?? '',
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
    wrong: wrongOf(name),
    required: true,
    autoComplete: 'off',
    spellCheck: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setConfirming(true);
  };
  if (confirming) {
    return (
      <>
        {method === 'btcpay' ? <CoinWarning address={(values.address ?? '').trim()} /> : null}
        <Confirm
          label={change === undefined ? 'Add this account' : 'Change this account'}
          busy={keep.isPending}
          onBack={() => setConfirming(false)}
          onConfirmed={() => keep.mutate()}
        />
      </>
    );
  }
  return (
    <form ref={form} className="grid gap-4" onSubmit={submit}>
      {change === undefined ? (
        <fieldset className="way-choice">
          <legend>How you want to be paid</legend>
          {offered.map((value) => (
            <label key={value} data-chosen={value === method ? '' : undefined}>
              <input
                type="radio"
                name="way"
                value={value}
                checked={value === method}
                onChange={() => setMethod(value)}
              />
              <span>
                <b>{NAMES[value]}</b>
                <small>{costText(methods.filter((terms) => terms.method === value))}</small>
              </span>
            </label>
          ))}
        </fieldset>
      ) : null}
      <Field
        label={method === 'btcpay' ? 'Whose wallet it is' : 'Name of the account’s holder'}
        hint={HOLDER_HINTS[method] ?? 'As your bank has it. Money to another name bounces.'}
        {...input('holder')}
      />
      {method === 'sepa' ? (
        <>
          <Field label="IBAN" placeholder="DE89 3704 0044 0532 0130 00" {...input('iban')} />
          <Field
            label="BIC"
            hint="Only for a bank outside the European Economic Area, as in the United Kingdom or Switzerland."
            {...input('bic')}
            required={false}
          />
        </>
      ) : method === 'ach' ? (
        <>
          <Field label="Routing number" inputMode="numeric" placeholder="9 digits" {...input('routing')} />
          <Field label="Account number" inputMode="numeric" {...input('account')} />
          <div className="field">
            <label htmlFor={kind}>Kind of account</label>
            <select
              id={kind}
              name="accountType"
              className="input"
              value={values.accountType}
              onChange={(event) => setValues({ ...values, accountType: event.target.value })}
            >
              <option value="checking">Checking</option>
              <option value="savings">Savings</option>
            </select>
          </div>
        </>
      ) : method === 'stripe' ? (
        <StripeCountry
          id={kind}
          countries={methods.flatMap((terms) => (terms.method === 'stripe' ? terms.countries : []))}
          value={values.country ?? ''}
          onChange={(country) => setValues({ ...values, country })}
        />
      ) : method === 'btcpay' ? (
        <>
          <Field
            label="Bitcoin address"
            hint="On the chain, not Lightning. Copy it from your wallet: a mistyped letter is noticed, another person’s address is not."
            {...input('address')}
          />
          <Field
            label="Country you live in"
            placeholder="BR"
            hint="Two letters, like BR or GB."
            {...input('country')}
            maxLength={2}
          />
        </>
      ) : method === 'paypal' ? (
        <>
          <Field
            label="E-mail address at PayPal"
            type="email"
            inputMode="email"
            placeholder="you@mail.example"
            hint="The one that you sign in to PayPal with. Without an account there, PayPal writes to you how to accept the money."
            {...input('email')}
            autoComplete="email"
          />
          <Field
            label="Country you live in"
            placeholder="BR"
            hint="Two letters, like BR or GB."
            {...input('country')}
            maxLength={2}
          />
        </>
      ) : (
        <>
          <Field
            label="Country"
            placeholder="BR"
            hint="Two letters, like BR or GB."
            {...input('country')}
            maxLength={2}
          />
          <Field
            label="How to pay you"
            hint="An operator reads this and pays by hand. Numbers, bank, address: what it takes."
            {...input('instructions')}
          />
        </>
      )}
      {problem === null || problem.field !== undefined ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <Button type="submit" kind="primary" size="lg" wide>
        {method === 'stripe' ? 'Go on to Stripe' : 'Go on'}
      </Button>
    </form>
  );
}

const HOLDER_HINTS: Partial<Readonly<Record<MethodName, string>>> = {
  stripe: 'Your own name, as on your papers. Stripe asks for the rest on its own page.',
  paypal: 'Your own name, as on your papers and at PayPal.',
  btcpay: 'Your own name, as on your papers. An address of an exchange must be of your own account there.',
};

/** `$0.50 fee · 3 working days · US` */
function costText(ways: readonly Terms[]): string {
  return ways
    .map(({ fee, businessDays, countries, dayMax, currency }) =>
      [
        `${fee.display} fee`,
        `${businessDays} working ${businessDays === 1 ? 'day' : 'days'}`,
        ...(dayMax === null ? [] : [`at most ${dayMax.display} a day`]),
        countries.length === 0
          ? `in ${currency}`
          : countries.length > 4
            ? `${countries.length} countries, in ${currency}`
            : `${countries.join(', ')}, in ${currency}`,
      ].join(' · '),
    )
    .join('; ');
}

/** Where the bank is that Stripe pays to. With one country there is nothing to choose. */
function StripeCountry(props: {
  readonly id: string;
  readonly countries: readonly string[];
  readonly value: string;
  readonly onChange: (country: string) => void;
}) {
  const { id, countries, value, onChange } = props;
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const [first] = countries;
  useEffect(() => {
    if (first !== undefined && !countries.includes(value)) onChange(first);
  }, [first, countries, value, onChange]);
  return (
    <>
      <div className="field">
        <label htmlFor={id}>Country of your bank</label>
        <select
          id={id}
          name="country"
          className="input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {countries.map((country) => (
            <option key={country} value={country}>
              {names.of(country) ?? country}
            </option>
          ))}
        </select>
      </div>
      <p className="text-sm text-fg-2">
        Next you go to a page of Stripe’s. It asks who you are and for your bank account; we never see its
        number. Then you come back here.
      </p>
    </>
  );
}

function bodyOf(
  method: MethodName,
  values: Readonly<Record<string, string>>,
  change: PayoutAccount | undefined,
): object {
  const value = (name: string) => (values[name] ?? '').trim();
  const common = {
    method,
    holder: value('holder'),
    ...(change === undefined ? {} : { replaces: change.id }),
  };
  switch (method) {
    case 'sepa':
      return { ...common, iban: value('iban'), ...(value('bic') === '' ? {} : { bic: value('bic') }) };
    case 'ach':
      return {
        ...common,
        routing: value('routing'),
        account: value('account'),
        accountType: value('accountType'),
      };
    case 'stripe':
      return { ...common, country: value('country') };
    case 'btcpay':
      return { ...common, country: value('country').toUpperCase(), address: value('address') };
    case 'paypal':
      return { ...common, country: value('country').toUpperCase(), email: value('email') };
    case 'manual':
      return { ...common, country: value('country').toUpperCase(), instructions: value('instructions') };
  }
}
