//! Every limit, and the code of every error.

use super::*;
use crate::limits as max;

/// A question of so many fields within fields.
fn nested(depth: usize) -> String {
    format!("{}{{ nome }}{}", "{ ente ".repeat(depth - 1), " }".repeat(depth - 1))
}

#[tokio::test]
async fn mistakes_are_told_apart_by_code() {
    let world = World::new().await;
    let (mario, two) = (world.mario(), "query A { ente { nome } } query B { ente { nome } }");
    assert_eq!(world.code(None, "{ ente { ").await, "GRAPHQL_PARSE_FAILED");
    assert_eq!(world.code(None, "").await, "GRAPHQL_PARSE_FAILED");
    assert_eq!(world.code(None, "{ nonEsiste }").await, "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(world.code(None, two).await, "GRAPHQL_VALIDATION_FAILED");
    let missing = "mutation { concludi(input: { chiaveIdempotenza: \"k\" }) { posizione } }";
    assert_eq!(world.code(Some(&mario), missing).await, "GRAPHQL_VALIDATION_FAILED");
    let query = "query($alla: DateTime) { pratica(id: \"x\", alla: $alla) { id } }";
    let answer = world.ask_with(Some(&mario), query, json!({ "alla": "ieri" })).await;
    assert!(
        ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]
            .contains(&answer["errors"][0]["extensions"]["code"].as_str().unwrap())
    );
    assert_eq!(world.code(None, "{ areaPersonale { utente { nome } } }").await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn depth_is_limited() {
    let world = World::new().await;
    assert_eq!(world.code(None, &nested(max::MAX_DEPTH + 1)).await, "QUERY_TOO_DEEP");
    // As deep as allowed it is looked at, and is wrong for another reason.
    assert_eq!(world.code(None, &nested(max::MAX_DEPTH)).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn brackets_do_not_take_the_stack() {
    let world = World::new().await;
    for open in ["{a", "{a(b:[", "{a(b:{c:"] {
        let text = open.repeat(max::MAX_BODY / open.len());
        assert_eq!(world.code(None, &text).await, "QUERY_TOO_DEEP", "{open}");
    }
}

#[tokio::test]
async fn recursion_is_limited() {
    let world = World::new().await;
    let spread = |n: usize| format!("{{ {} ente {{ nome }} {} }}", "... on Query {".repeat(n), "}".repeat(n));
    assert_eq!(world.code(None, &spread(max::MAX_RECURSION)).await, "QUERY_TOO_DEEP");
    let answer = world.ask_with(None, &spread(max::MAX_RECURSION - 2), json!({})).await;
    assert_eq!(answer["data"]["ente"]["nome"], "Montelume");
    let cycle = "{ ...A } fragment A on Query { ente { nome } ...A }";
    assert_eq!(world.code(None, cycle).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn fields_are_limited_even_when_fragments_multiply_them() {
    let world = World::new().await;
    let many: Vec<String> = (0..=max::MAX_FIELDS / 2).map(|n| format!("a{n}: ente {{ nome }}")).collect();
    let wide = format!("{{ {} }}", many.join(" "));
    assert_eq!(world.code(None, &wide).await, "QUERY_TOO_COMPLEX");
    let double: Vec<String> =
        (0..20).map(|n| format!("fragment F{n} on Query {{ ...F{} ...F{} }}", n + 1, n + 1)).collect();
    let bomb = format!("{{ ...F0 }} {} fragment F20 on Query {{ ente {{ nome }} }}", double.join(" "));
    assert_eq!(world.code(None, &bomb).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn cost_is_limited_and_lists_cost_their_page() {
    const NODE: &str = "edges { node { id codice tipo stato titolo oggetto scadenza inviataIl
      protocollo { anno numero segnatura data } ufficio { id nome }
      storia { evento quando titolo descrizione attore messaggio segnatura posizione } } }";
    let world = World::new().await;
    world.catch_up().await;
    let page = |alias: &str, first: u32| format!("{alias}: pratiche(first: {first}) {{ totalCount {NODE} }}");
    let query = |inner: &str| format!("{{ areaPersonale {{ {inner} }} }}");
    let answer = world.ask(&world.mario(), &query(&page("a", 100)), json!({})).await;
    assert_eq!(answer["areaPersonale"]["a"]["totalCount"], 0);
    let two = query(&format!("{} {}", page("a", 100), page("b", 100)));
    assert_eq!(world.code(Some(&world.mario()), &two).await, "QUERY_TOO_COMPLEX");
    let small = query(&format!("{} {}", page("a", 10), page("b", 10)));
    world.ask(&world.mario(), &small, json!({})).await;
}

/// A document that came before is not looked at again; what depends on its variables is.
#[tokio::test]
async fn limits_and_mistakes_are_the_same_the_second_time() {
    let world = World::new().await;
    world.report(&world.mario(), "chiave-1").await;
    world.catch_up().await;
    let mario = world.mario();
    let fields: Vec<String> = (0..60).map(|n| format!("c{n}: codice")).collect();
    let query = format!(
        "query A($n: Int, $piu: Boolean = false) {{ areaPersonale {{ pratiche(first: $n) {{ nodes {{ {} }} }} }}
         ente @include(if: $piu) {{ nome }} }} query B {{ ente {{ nome }} }}",
        fields.join(" ")
    );
    let ask = async |operation: Option<&str>, variables: Value| {
        let request = Request::new(&query).variables(Variables::from_json(variables));
        let request = operation.into_iter().fold(request, Request::operation_name);
        serde_json::to_value(world.schema.execute(request.data(world.contesto(Some(&mario)))).await).unwrap()
    };
    for _ in 0..3 {
        let answer = ask(Some("A"), json!({ "n": 1 })).await;
        assert_eq!(answer["data"]["areaPersonale"]["pratiche"]["nodes"].as_array().unwrap().len(), 1);
        assert_eq!(answer["data"].get("ente"), None);
        let answer = ask(Some("A"), json!({ "n": 1, "piu": true })).await;
        assert_eq!(answer["data"]["ente"]["nome"], "Montelume");
        assert_eq!(ask(Some("B"), json!({})).await["data"], json!({ "ente": { "nome": "Montelume" } }));
        for (operation, variables, code) in [
            (Some("A"), json!({ "n": 100 }), "QUERY_TOO_COMPLEX"),
            (Some("A"), json!({ "n": "1" }), "GRAPHQL_VALIDATION_FAILED"),
            (Some("A"), json!({ "n": 0 }), "BAD_USER_INPUT"),
            (Some("C"), json!({ "n": 1 }), "GRAPHQL_VALIDATION_FAILED"),
            (None, json!({ "n": 1 }), "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let answer = ask(operation, variables.clone()).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{variables} {answer}");
        }
    }
    // Nothing of one person is kept for another.
    let maria = Request::new(&query).operation_name("A").variables(Variables::from_json(json!({ "n": 1 })));
    let answer = world.schema.execute(maria.data(world.contesto(Some(&world.maria())))).await;
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(answer["data"]["areaPersonale"]["pratiche"]["nodes"], json!([]));
    let nobody = Request::new(&query).operation_name("A").variables(Variables::from_json(json!({ "n": 1 })));
    let answer = serde_json::to_value(world.schema.execute(nobody.data(world.contesto(None))).await).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn few_mutations_fit_one_request() {
    let world = World::new().await;
    let take = |n: usize| {
        format!("m{n}: prendiInCarico(input: {{ chiaveIdempotenza: \"k{n}\", praticaId: \"x\" }}) {{ posizione }} ")
    };
    let some = |n: usize| format!("mutation {{ {} }}", (0..n).map(take).collect::<String>());
    world.ask(&world.official(), &some(8), json!({})).await;
    assert_eq!(world.code(Some(&world.official()), &some(9)).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn pages_have_from_one_to_a_hundred_rows() {
    let world = World::new().await;
    world.catch_up().await;
    let mario = world.mario();
    let query = |args: &str| format!("{{ areaPersonale {{ pratiche({args}) {{ totalCount }} }} }}");
    for args in ["first: 101", "first: 0", "first: -1", "first: 2147483647", "after: \"12\"", "after: \"\""] {
        assert_eq!(world.code(Some(&mario), &query(args)).await, "BAD_USER_INPUT", "{args}");
    }
    for args in ["first: 1", "first: 100"] {
        world.ask(&mario, &query(args), json!({})).await;
    }
    let desk = "{ scrivania { pratiche(first: 101) { totalCount } } }";
    assert_eq!(world.code(Some(&world.official()), desk).await, "BAD_USER_INPUT");
    for list in ["registro", "audit"] {
        let query = format!("{{ {list}(first: 101) {{ totalCount }} }}");
        assert_eq!(world.code(Some(&world.protocol()), &query).await, "BAD_USER_INPUT");
    }
}

/// Forms are the heaviest of all fields: one page of all of them is what a request may ask.
#[tokio::test]
async fn forms_cost_what_they_weigh() {
    let world = World::new().await;
    let page =
        |alias: &str, first: u32| format!("{alias}: servizi(first: {first}) {{ nodes {{ modulo moduloSchema }} }}");
    let answer = world.ask_with(None, &format!("{{ {} }}", page("a", 100)), json!({})).await;
    assert_eq!(answer.get("errors"), None);
    let two = format!("{{ {} {} }}", page("a", 100), page("b", 100));
    assert_eq!(world.code(None, &two).await, "QUERY_TOO_COMPLEX");
    let searches =
        |n: usize| (0..n).map(|n| format!("s{n}: servizi(first: 1) {{ totalCount }} ")).collect::<Vec<_>>().concat();
    assert_eq!(world.code(None, &format!("{{ {} }}", searches(max::MAX_COMPLEXITY / 40))).await, "QUERY_TOO_COMPLEX");
    let drafts = "query { a: bozze { valori } b: bozze { valori } c: bozze { valori } d: bozze { valori }
        e: bozze { valori } f: bozze { valori } g: bozze { valori } h: bozze { valori } i: bozze { valori } }";
    assert_eq!(world.code(Some(&world.mario()), drafts).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn directives_are_limited() {
    let world = World::new().await;
    let query = |n: usize| format!("{{ ente {{ nome {} }} }}", "@include(if: true) ".repeat(n));
    assert_eq!(world.code(None, &query(max::MAX_DIRECTIVES + 1)).await, "GRAPHQL_VALIDATION_FAILED");
    let answer = world.ask_with(None, &query(1), json!({})).await;
    assert_eq!(answer["data"]["ente"]["nome"], "Montelume");
}

/// The workbench asks this when it opens: deeper than a question may be, and allowed.
#[tokio::test]
async fn introspection_fits() {
    const QUERY: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name }
      subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
      fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description
        args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue }
        interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { ...TypeRef } }
      fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
      fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";
    let world = World::new().await;
    let answer = world.ask_with(None, QUERY, json!({})).await;
    assert_eq!(answer.get("errors"), None);
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query");
}

#[test]
fn a_body_is_a_quarter_of_a_mebibyte() {
    assert_eq!(max::MAX_BODY, 262_144);
}
