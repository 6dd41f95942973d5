//! The kinds of node that are lowered, resolved once.

use std::sync::LazyLock;

use ::tree_sitter::{Language, Node};

/// The grammar of Python.
pub fn language() -> Language {
    tree_sitter_python::LANGUAGE.into()
}

macro_rules! kinds {
    (named { $($variant:ident = $name:literal,)* } tokens { $($token:ident = $text:literal,)* }) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Kind {
            $($variant,)*
            $($token,)*
            /// Tokens and nodes that the lowering has no use for.
            Other,
        }

        const NAMED: &[(&str, Kind)] = &[$(($name, Kind::$variant),)*];
        const TOKENS: &[(&str, Kind)] = &[$(($text, Kind::$token),)*];
    };
}

kinds! {
    named {
        AliasedImport = "aliased_import",
        ArgumentList = "argument_list",
        AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target",
        AssertStatement = "assert_statement",
        Assignment = "assignment",
        Attribute = "attribute",
        AugmentedAssignment = "augmented_assignment",
        Await = "await",
        BinaryOperator = "binary_operator",
        Block = "block",
        BooleanOperator = "boolean_operator",
        BreakStatement = "break_statement",
        Call = "call",
        CaseClause = "case_clause",
        CasePattern = "case_pattern",
        Chevron = "chevron",
        ClassDefinition = "class_definition",
        ClassPattern = "class_pattern",
        Comment = "comment",
        ComparisonOperator = "comparison_operator",
        ComplexPattern = "complex_pattern",
        ConcatenatedString = "concatenated_string",
        ConditionalExpression = "conditional_expression",
        ConstrainedType = "constrained_type",
        ContinueStatement = "continue_statement",
        DecoratedDefinition = "decorated_definition",
        Decorator = "decorator",
        DefaultParameter = "default_parameter",
        DeleteStatement = "delete_statement",
        DictPattern = "dict_pattern",
        Dictionary = "dictionary",
        DictionaryComprehension = "dictionary_comprehension",
        DictionarySplat = "dictionary_splat",
        DictionarySplatPattern = "dictionary_splat_pattern",
        DottedName = "dotted_name",
        ElifClause = "elif_clause",
        Ellipsis = "ellipsis",
        ElseClause = "else_clause",
        ExceptClause = "except_clause",
        ExpressionList = "expression_list",
        ExpressionStatement = "expression_statement",
        False = "false",
        FinallyClause = "finally_clause",
        Float = "float",
        ForInClause = "for_in_clause",
        ForStatement = "for_statement",
        FormatExpression = "format_expression",
        FormatSpecifier = "format_specifier",
        FunctionDefinition = "function_definition",
        FutureImportStatement = "future_import_statement",
        GeneratorExpression = "generator_expression",
        GenericType = "generic_type",
        GlobalStatement = "global_statement",
        Identifier = "identifier",
        IfClause = "if_clause",
        IfStatement = "if_statement",
        ImportFromStatement = "import_from_statement",
        ImportPrefix = "import_prefix",
        ImportStatement = "import_statement",
        Integer = "integer",
        Interpolation = "interpolation",
        KeywordArgument = "keyword_argument",
        KeywordPattern = "keyword_pattern",
        KeywordSeparator = "keyword_separator",
        Lambda = "lambda",
        LambdaParameters = "lambda_parameters",
        LineContinuation = "line_continuation",
        List = "list",
        ListComprehension = "list_comprehension",
        ListPattern = "list_pattern",
        ListSplat = "list_splat",
        ListSplatPattern = "list_splat_pattern",
        MatchStatement = "match_statement",
        MemberType = "member_type",
        NamedExpression = "named_expression",
        None = "none",
        NonlocalStatement = "nonlocal_statement",
        NotOperator = "not_operator",
        Pair = "pair",
        Parameters = "parameters",
        ParenthesizedExpression = "parenthesized_expression",
        PassStatement = "pass_statement",
        PatternList = "pattern_list",
        PositionalSeparator = "positional_separator",
        PrintStatement = "print_statement",
        RaiseStatement = "raise_statement",
        RelativeImport = "relative_import",
        ReturnStatement = "return_statement",
        Set = "set",
        SetComprehension = "set_comprehension",
        Slice = "slice",
        SplatPattern = "splat_pattern",
        SplatType = "splat_type",
        String = "string",
        StringEnd = "string_end",
        StringStart = "string_start",
        Subscript = "subscript",
        True = "true",
        TryStatement = "try_statement",
        Tuple = "tuple",
        TuplePattern = "tuple_pattern",
        Type = "type",
        TypeAliasStatement = "type_alias_statement",
        TypeParameter = "type_parameter",
        TypedDefaultParameter = "typed_default_parameter",
        TypedParameter = "typed_parameter",
        UnaryOperator = "unary_operator",
        UnionPattern = "union_pattern",
        UnionType = "union_type",
        WhileStatement = "while_statement",
        WildcardImport = "wildcard_import",
        WithClause = "with_clause",
        WithItem = "with_item",
        WithStatement = "with_statement",
        Yield = "yield",
    }
    tokens {
        Async = "async",
        Colon = ":",
        Comma = ",",
        Equals = "=",
        From = "from",
        Future = "__future__",
        Underscore = "_",
        Plus = "+",
        Minus = "-",
        Star = "*",
        DoubleStar = "**",
        Slash = "/",
        DoubleSlash = "//",
        Percent = "%",
        At = "@",
        Pipe = "|",
        Ampersand = "&",
        Caret = "^",
        ShiftLeft = "<<",
        ShiftRight = ">>",
        Tilde = "~",
        PlusEquals = "+=",
        MinusEquals = "-=",
        StarEquals = "*=",
        DoubleStarEquals = "**=",
        SlashEquals = "/=",
        DoubleSlashEquals = "//=",
        PercentEquals = "%=",
        AtEquals = "@=",
        PipeEquals = "|=",
        AmpersandEquals = "&=",
        CaretEquals = "^=",
        ShiftLeftEquals = "<<=",
        ShiftRightEquals = ">>=",
        Less = "<",
        LessOrEqual = "<=",
        EqualEqual = "==",
        NotEqual = "!=",
        GreaterOrEqual = ">=",
        Greater = ">",
        In = "in",
        NotIn = "not in",
        Is = "is",
        IsNot = "is not",
        And = "and",
        Or = "or",
        Print = "print",
    }
}

/// By kind id: several ids share a name where the grammar has aliases.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let language = language();
    (0..language.node_kind_count())
        .map(|id| {
            let id = u16::try_from(id).unwrap_or(u16::MAX);
            let table = if language.node_kind_is_named(id) { NAMED } else { TOKENS };
            let name = language.node_kind_for_id(id).unwrap_or_default();
            table.iter().find(|(known, _)| *known == name).map_or(Kind::Other, |(_, kind)| *kind)
        })
        .collect()
});

pub(super) fn kind(node: Node<'_>) -> Kind {
    KINDS.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other)
}

macro_rules! fields {
    ($($field:ident = $name:literal,)*) => {
        /// The names that the grammar gives to children.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Field {
            $($field,)*
            /// No name, or one that the lowering has no use for.
            Other,
        }

        const FIELD_NAMES: &[(&str, Field)] = &[$(($name, Field::$field),)*];
    };
}

fields! {
    Alias = "alias",
    Alternative = "alternative",
    Arguments = "arguments",
    Attribute = "attribute",
    Body = "body",
    Cause = "cause",
    Condition = "condition",
    Consequence = "consequence",
    Definition = "definition",
    Expression = "expression",
    FormatSpecifier = "format_specifier",
    Function = "function",
    Guard = "guard",
    Key = "key",
    Left = "left",
    ModuleName = "module_name",
    Name = "name",
    Object = "object",
    Operator = "operator",
    Operators = "operators",
    Parameters = "parameters",
    ReturnType = "return_type",
    Right = "right",
    Subject = "subject",
    Subscript = "subscript",
    Superclasses = "superclasses",
    Type = "type",
    Value = "value",
}

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let language = language();
    (0..=language.field_count())
        .map(|id| {
            let name = u16::try_from(id).ok().and_then(|id| language.field_name_for_id(id)).unwrap_or_default();
            FIELD_NAMES.iter().find(|(known, _)| *known == name).map_or(Field::Other, |(_, field)| *field)
        })
        .collect()
});

pub(super) fn field(id: Option<std::num::NonZeroU16>) -> Field {
    id.and_then(|id| FIELDS.get(usize::from(id.get()))).copied().unwrap_or(Field::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_has_every_kind_and_field() {
        let language = language();
        for (name, _) in NAMED {
            assert_ne!(language.id_for_node_kind(name, true), 0, "{name}");
        }
        for (name, _) in TOKENS {
            assert_ne!(language.id_for_node_kind(name, false), 0, "{name}");
        }
        for (name, _) in FIELD_NAMES {
            assert!(language.field_id_for_name(name).is_some(), "{name}");
        }
    }
}
