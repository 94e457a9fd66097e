//! What a warning says, for forms that do not tell its name.
//!
//! Source: `message_to_string` in `dialyzer.erl` of Erlang/OTP 25 and 28, and `format_short` in
//! `lib/dialyxir/warnings/*.ex` of dialyxir 1.4.7. Erlang/OTP 28 renamed `exact_eq` to `exact_compare`, and `opaque_eq`
//! and `opaque_neq` to `opaque_compare`, without new words for them: they go by their old names here.

/// How a text starts, what must stand behind that, and the warning that says so. The first match counts.
type Wording = (&'static str, &'static str, &'static str);

/// Erlang's words.
#[rustfmt::skip] // A row a line.
static ERLANG: &[Wording] = &[
    ("A key of type ", " cannot exist in a map of type ", "map_update"),
    ("Attempt to test for equality ", " opaque type ", "opaque_eq"),
    ("Attempt to test for inequality ", " opaque type ", "opaque_neq"),
    ("Binary construction will fail since ", "", "bin_construction"),
    ("Body yields the ", " the other clauses", "opaque_union"),
    ("Call to missing or unexported function ", "", "call_to_missing"),
    ("Callback function ", " exists but is not exported", "callback_not_exported"),
    ("Callback info about the ", " is not available", "callback_info_missing"),
    ("Clause guard cannot succeed. The ", " was matched against ", "guard_fail_pat"),
    ("Clause guard cannot succeed.", "", "guard_fail"),
    ("Cons will produce an improper list since ", "", "improper_list_constr"),
    ("Contract for function that does not exist: ", "", "spec_missing_fun"),
    ("Expression produces a value of type ", " is unmatched", "unmatched_return"),
    ("Fun application will fail since ", " is not a function of arity ", "fun_app_no_fun"),
    ("Fun application with arguments ", " will fail since the function has type ", "fun_app_args"),
    ("Fun application with arguments ", "", "apply"),
    ("Function ", " has no clauses that will ever match", "no_return"),
    ("Function ", " has no local return", "no_return"),
    ("Function ", " only terminates with explicit exception", "no_return"),
    ("Function ", " will never be called", "unused_fun"),
    ("Guard test ", " breaks the opacity of its argument", "opaque_guard"),
    ("Guard test ", " contains ", "opaque_guard"),
    ("Guard test not(", " can never succeed", "neg_guard_fail"),
    ("Guard test ", " can never succeed", "guard_fail"),
    ("Invalid type specification for function ", "", "invalid_contract"),
    ("Matching of ", " tagged with a record name violates ", "record_match"),
    ("Overloaded contract for ", " has overlapping domains", "overlapping_contract"),
    ("Record construction ", " declared type ", "record_constr"),
    ("Record update ", " declared type ", "record_update"),
    ("The attempt to match ", " breaks the opacity of ", "opaque_match"),
    ("The call ", " requires that ", "app_call"),
    ("The call ", " breaks the opacity of the term ", "opaque_call"),
    ("The call ", " does not have ", "call_without_opaque"),
    ("The call ", " will never return since ", "call"),
    ("The call ", " breaks the contract ", "call"),
    ("The call ", " contains ", "call_with_opaque"),
    ("The contract ", " cannot be right because the inferred return ", "contract_range"),
    ("The created fun ", " has no clauses that will ever match", "no_return"),
    ("The created fun ", " has no local return", "no_return"),
    ("The created fun ", " only terminates with explicit exception", "no_return"),
    ("The inferred return type of ", " callback of the ", "callback_type_mismatch"),
    ("The inferred type for the ", " callback of the ", "callback_arg_type_mismatch"),
    ("The pattern ", " can never match since previous clauses ", "pattern_match_cov"),
    ("The pattern ", " can never match the type ", "pattern_match"),
    ("The record field", " can never match since previous clauses ", "pattern_match_cov"),
    ("The record field", " can never match the type ", "pattern_match"),
    ("The record ", " violates the declared type for ", "record_matching"),
    ("The return type ", " in the specification of ", "callback_spec_type_mismatch"),
    ("The size ", " breaks the opacity of ", "opaque_size"),
    ("The specification for ", " has an opaque subtype ", "contract_with_opaque"),
    ("The specification for ", " states that the function might also return ", "extra_range"),
    ("The specified type for the ", " callback of the ", "callback_spec_arg_type_mismatch"),
    ("The success typing for ", " implies that the function might also return ", "missing_range"),
    ("The test ", " can never evaluate to 'true'", "exact_eq"),
    ("The test ", " can never evaluate to 'false'", "exact_compare"),
    ("The type test ", " breaks the opacity of the term ", "opaque_type_test"),
    ("The variable ", " can never match since previous clauses ", "pattern_match_cov"),
    ("The variable ", " can never match the type ", "pattern_match"),
    ("Type specification ", " is a subtype of the success typing", "contract_subtype"),
    ("Type specification ", " is a supertype of the success typing", "contract_supertype"),
    ("Type specification ", " is not equal to the success typing", "contract_diff"),
    ("Undefined callback function ", "", "callback_missing"),
    ("Unknown behaviour ", "", "unknown_behaviour"),
    ("Unknown function ", "", "unknown_function"),
    ("Unknown type ", "", "unknown_type"),
];

/// Dialyxir's short texts.
#[rustfmt::skip] // A row a line.
static SHORT: &[Wording] = &[
    ("@spec for ", " has more types than are returned by the function.", "extra_range"),
    ("Attempt to test for equality with an opaque type ", "", "opaque_eq"),
    ("Attempted to pattern match against the internal structure ", "", "opaque_match"),
    ("Attempted to test for inequality between ", " opaque type ", "opaque_neq"),
    ("Attempted to update key ", " in a map ", "map_update"),
    ("Binary construction with ", " will fail.", "bin_construction"),
    ("Call to missing or private function ", "", "call_to_missing"),
    ("Callback function ", " exists but is not exported ", "callback_not_exported"),
    ("Callback info about the ", " is not available.", "callback_info_missing"),
    ("Contract cannot be correct because return type for ", " is mismatched.", "contract_range"),
    ("Function application will fail, because ", "", "fun_app_no_fun"),
    ("Function application with args ", " will not succeed.", "apply"),
    ("Function application with ", " will fail.", "fun_app_args"),
    ("Function ", " does not exist.", "unknown_function"),
    ("Function ", " has no clauses that will ever match.", "no_return"),
    ("Function ", " has no local return.", "no_return"),
    ("Function ", " only terminates with explicit exception.", "no_return"),
    ("Function ", " will never be called.", "unused_fun"),
    ("Invalid type specification for function ", "", "invalid_contract"),
    ("List construction (cons) will produce an improper list, ", "", "improper_list_constr"),
    ("Module or function to apply is not an atom in ", "", "app_call"),
    ("Record construction violates the declared type for ", "", "record_constr"),
    ("Spec type mismatch in argument to callback ", "", "callback_spec_arg_type_mismatch"),
    ("The @spec for ", " has an opaque subtype ", "contract_with_opaque"),
    ("The @spec return type does not match ", "", "callback_spec_type_mismatch"),
    ("The clause guard ", " cannot succeed.", "guard_fail_pat"),
    ("The contract for ", " is overloaded.", "overlapping_contract"),
    ("The created anonymous function ", "", "no_return"),
    ("The expression produces multiple types, but none are matched.", "", "unmatched_return"),
    ("The function call ", " will not succeed.", "call"),
    ("The guard clause can never succeed.", "", "guard_fail"),
    ("The guard test can never succeed.", "", "neg_guard_fail"),
    ("The guard test ", " breaks the opaqueness of its argument.", "opaque_guard"),
    ("The pattern can never match the type ", "", "pattern_match"),
    ("The pattern ", " is covered by previous clauses.", "pattern_match_cov"),
    ("The test ", " can never evaluate to 'true'.", "exact_eq"),
    ("The type specification is missing types returned by ", "", "missing_range"),
    ("The type test in ", " breaks the opaqueness of the term.", "opaque_type_test"),
    ("The ", " violates the declared type for #", "record_matching"),
    ("Type mismatch for @callback ", "", "callback_type_mismatch"),
    ("Type mismatch in call with opaque term in ", "", "call_with_opaque"),
    ("Type mismatch in call without opaque term in ", "", "call_without_opaque"),
    ("Type mismatch with behaviour callback to ", "", "callback_arg_type_mismatch"),
    ("Type specification for ", " is a subtype of ", "contract_subtype"),
    ("Type specification for ", " is a supertype of ", "contract_supertype"),
    ("Type specification is not equal to the success typing ", "", "contract_diff"),
    ("Undefined callback function ", "", "callback_missing"),
    ("Unknown behaviour: ", "", "unknown_behaviour"),
    ("Unknown type: ", "", "unknown_type"),
];

/// The warning that says this in Erlang's words, on one line.
pub(super) fn erlang(text: &str) -> Option<&'static str> {
    named(ERLANG, text)
}

/// Whether a warning in Erlang's words may start so.
pub(super) fn starts_erlang(text: &[u8]) -> bool {
    let start = |(start, _, _): &Wording| text.starts_with(start.trim_end().as_bytes());
    ERLANG.iter().any(start)
}

/// The warning of which this is the short text.
pub(super) fn short(text: &str) -> Option<&'static str> {
    named(SHORT, text)
}

fn named(table: &'static [Wording], text: &str) -> Option<&'static str> {
    let says = |(start, then, _): &&Wording| {
        let rest = text.strip_prefix(start);
        // The space at the end of the start may be that at the start of what follows.
        rest.is_some_and(|rest| rest.contains(then) || rest.starts_with(then.trim_start()))
    };
    table.iter().find(says).map(|(_, _, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialyzer::names;

    #[test]
    fn every_wording_is_of_a_known_warning() {
        for (start, then, name) in ERLANG.iter().chain(SHORT) {
            assert!(names::is_known(name.as_bytes()), "{name}");
            assert!(!start.is_empty(), "{then}");
        }
    }

    #[test]
    fn every_warning_has_its_words() {
        // What dialyxir cannot word has no short text; it words a `record_match` as a `record_matching`.
        let unworded = |name: &str| {
            matches!(
                name,
                "exact_compare"
                    | "opaque_call"
                    | "opaque_compare"
                    | "opaque_size"
                    | "opaque_union"
                    | "record_match"
                    | "record_update"
                    | "spec_missing_fun"
            )
        };
        for name in names::all() {
            let has = |table: &[Wording]| table.iter().any(|w| w.2 == name);
            assert!(has(ERLANG) || name == "opaque_compare", "{name}");
            assert!(has(SHORT) != unworded(name), "{name}");
        }
    }

    #[test]
    fn wrapped_types_and_wrapped_words() {
        assert_eq!(
            erlang("The created fun has no local return"),
            Some("no_return")
        );
        let call = "The call lists:nth ('x', [1]) will never return since it differs";
        assert_eq!(erlang(call), Some("call"));
        let guard = "Guard test not(is_list(_y@1::maybe_improper_list())) can never succeed";
        assert_eq!(erlang(guard), Some("neg_guard_fail"));
        assert!(starts_erlang(b"The call"));
        assert_eq!(erlang("The call is over"), None);
        assert_eq!(erlang("unused variable"), None);
    }
}
