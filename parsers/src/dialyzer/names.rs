//! Names of Dialyzer's warnings.

/// The names that dialyxir 1.4.7 has a text for, and the tags that Erlang/OTP emits and dialyxir does not know yet
/// (`exact_compare`, `opaque_call`, `opaque_compare`, `opaque_size`, `opaque_union`, `record_update`,
/// `spec_missing_fun`). Every row of a report is looked up, so they stand by their length, from 0 on.
#[rustfmt::skip] // A row a length.
static NAMES: [&[&str]; 32] = [
    &[],
    &[],
    &[],
    &[],
    &["call"],
    &["apply"],
    &[],
    &[],
    &["app_call", "exact_eq"],
    &["no_return", "opaque_eq"],
    &["guard_fail", "map_update", "opaque_neq", "unused_fun"],
    &["extra_range", "opaque_call", "opaque_size"],
    &["fun_app_args", "opaque_guard", "opaque_match", "opaque_union", "record_match", "unknown_type"],
    &["contract_diff", "exact_compare", "missing_range", "pattern_match", "record_constr", "record_update"],
    &["contract_range", "fun_app_no_fun", "guard_fail_pat", "neg_guard_fail", "opaque_compare"],
    &["call_to_missing", "record_matching"],
    &["bin_construction", "call_with_opaque", "callback_missing", "contract_subtype", "invalid_contract", "opaque_type_test", "spec_missing_fun", "unknown_function", "unmatched_return"],
    &["pattern_match_cov", "unknown_behaviour"],
    &["contract_supertype"],
    &["call_without_opaque"],
    &["contract_with_opaque", "improper_list_constr", "overlapping_contract"],
    &["callback_info_missing", "callback_not_exported"],
    &["callback_type_mismatch"],
    &[],
    &[],
    &[],
    &["callback_arg_type_mismatch"],
    &["callback_spec_type_mismatch"],
    &[],
    &[],
    &[],
    &["callback_spec_arg_type_mismatch"],
];

/// Whether it is the name of a warning that is known.
pub(crate) fn is_known(name: &[u8]) -> bool {
    let (Some(names), Some(first)) = (NAMES.get(name.len()), name.first_chunk::<4>()) else {
        return false;
    };
    // Four letters tell most of them apart, without a call.
    let is =
        |known: &str| known.as_bytes().first_chunk() == Some(first) && known.as_bytes() == name;
    names.iter().any(|known| is(known))
}

/// All names.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_by_their_length_and_are_all_there() {
        assert!(all().all(|name| is_known(name.as_bytes())));
        assert_eq!(all().count(), 47 + 7);
        assert!(!is_known(&[b'a'; 40]));
        assert!(!is_known(b"no_returns") && !is_known(b"on_return") && !is_known(b""));
    }
}
