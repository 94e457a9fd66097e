//! Names of Dialyzer's warnings.

/// The names that dialyxir 1.4.7 has a text for, and the tags that Erlang/OTP emits and dialyxir does not know yet
/// (`exact_compare`, `opaque_call`, `opaque_compare`, `opaque_size`, `opaque_union`, `record_update`,
/// `spec_missing_fun`). Sorted.
const NAMES: &[&str] = &[
    "app_call",
    "apply",
    "bin_construction",
    "call",
    "call_to_missing",
    "call_with_opaque",
    "call_without_opaque",
    "callback_arg_type_mismatch",
    "callback_info_missing",
    "callback_missing",
    "callback_not_exported",
    "callback_spec_arg_type_mismatch",
    "callback_spec_type_mismatch",
    "callback_type_mismatch",
    "contract_diff",
    "contract_range",
    "contract_subtype",
    "contract_supertype",
    "contract_with_opaque",
    "exact_compare",
    "exact_eq",
    "extra_range",
    "fun_app_args",
    "fun_app_no_fun",
    "guard_fail",
    "guard_fail_pat",
    "improper_list_constr",
    "invalid_contract",
    "map_update",
    "missing_range",
    "neg_guard_fail",
    "no_return",
    "opaque_call",
    "opaque_compare",
    "opaque_eq",
    "opaque_guard",
    "opaque_match",
    "opaque_neq",
    "opaque_size",
    "opaque_type_test",
    "opaque_union",
    "overlapping_contract",
    "pattern_match",
    "pattern_match_cov",
    "record_constr",
    "record_match",
    "record_matching",
    "record_update",
    "spec_missing_fun",
    "unknown_behaviour",
    "unknown_function",
    "unknown_type",
    "unmatched_return",
    "unused_fun",
];

/// Whether it is the name of a warning that is known.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// All names.
#[cfg(test)]
pub(super) fn all() -> &'static [&'static str] {
    NAMES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_all_there() {
        assert!(NAMES.is_sorted());
        assert_eq!(NAMES.len(), 47 + 7);
        assert!(is_known("no_return") && !is_known("no_returns"));
    }
}
