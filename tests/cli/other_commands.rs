use crate::project::Project;
use expect_test::expect;

#[test]
fn rules_lists_them_all() {
    let project = Project::new("safe");
    let text = project.preboot("rules").stdout;
    assert!(text.contains("PB101  error    removed-column-in-use "), "{text}");
    let json: serde_json::Value = serde_json::from_str(&project.preboot("rules --output-format json").stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), text.lines().count());
    assert_eq!(json[0]["code"], "PB001");
}

#[test]
fn explain_has_the_same_for_scripts() {
    let project = Project::new("petition");
    for subject in ["PB101", "campaign/migrations/0002_petition_fields.py:10"] {
        let text = project.preboot(&format!("explain {subject}"));
        let json: serde_json::Value =
            serde_json::from_str(&project.preboot(&format!("explain {subject} --output-format json")).stdout).unwrap();
        assert_eq!(json["markdown"], text.stdout);
        assert_ne!(json["rule"].is_null(), json["place"].is_null());
    }
}

#[test]
fn explain_prints_the_page_of_a_rule() {
    let project = Project::new("safe");
    let by_code = project.preboot("explain pb101");
    assert_eq!(by_code.status, 0);
    assert!(by_code.stdout.starts_with("# removed-column-in-use (PB101)\n"), "{}", by_code.stdout);
    assert_eq!(project.preboot("explain removed-column-in-use").stdout, by_code.stdout);
    let wrong = project.preboot("explain PB10l");
    assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""));
    expect![[r#"
        error: no rule is named `PB10l`; did you mean PB101, PB102, PB103?
    "#]]
    .assert_eq(&wrong.stderr);
}

#[test]
fn explain_tells_the_risk_at_a_place() {
    let project = Project::new("petition");
    let answer = project.preboot("explain campaign/migrations/0002_petition_fields.py:11");
    assert_eq!(answer.stderr, "");
    expect![[r#"
        **RemoveField** `campaign.Petition.requires_country_code` in campaign.0002_petition_fields

        - The deployed code (while it still serves, in workers, and after a rollback): every read, insert, update and delete of campaign.Petition fails: column campaign_petition.requires_country_code does not exist
        - The new code: nothing fails because of it

        - Locks `campaign_petition` in ACCESS EXCLUSIVE mode (ALTER TABLE … DROP COLUMN)

        What to do:
        - PB101 `removed-column-in-use`: remove it in 2 PRs: first make the column nullable, and take the field out of the models and the state (`SeparateDatabaseAndState(state_operations=[…])`); drop the column once no deployed code has the field
        - PB301 `phases-in-one-change`: wait after each until no process runs the code before it, workers included
        - PB305 `rename-written-as-remove-and-add`: if it is a rename: `RenameField("petition", "requires_country_code", "show_country_field")`, with `db_column="requires_country_code"` to keep the column
    "#]].assert_eq(&answer.stdout);
    assert_eq!(project.preboot("explain campaign/migrations/0002_petition_fields.py:1").status, 2);
    assert_eq!(project.preboot("explain campaign/nothing.py:1").status, 2);
    let without_line = project.preboot("explain campaign/migrations/0002_petition_fields.py");
    assert_eq!(without_line.stderr, "error: a place is written FILE:LINE, as in `campaign/migrations/0002_petition_fields.py:12`\n");
}

#[test]
fn config_says_where_each_value_came_from() {
    let project = Project::new("safe");
    project.write("pyproject.toml", "[tool.preboot]\nvendor = \"mysql\"\nignore = [\"PB4\"]\n");
    let answer = project.preboot("config --django-version 4.2");
    assert_eq!(answer.stderr, "");
    expect![[r#"
        allow-blanket-ignore = false       # default
        # announcement-channel is not set  # default
        base = "HEAD"                      # changes on the main branch that are not committed
        deploy-order = "migrate-first"     # default
        django-version = "4.2"             # command line
        exclude = []                       # default
        extend-select = []                 # default
        fail-on = "error"                  # default
        ignore = ["PB4"]                   # pyproject.toml
        # large-tables is not set          # default
        per-file-ignores = {}              # default
        require-ignore-reason = false      # default
        required-approvals = 0             # default
        select = ["ALL"]                   # default
        # settings-module is not set       # default
        vendor = "mysql@8.0"               # pyproject.toml
        # virtual-environment is not set   # default
    "#]]
    .assert_eq(&answer.stdout);
}

#[test]
fn refs_lists_every_place() {
    let project = Project::new("rename");
    let answer = project.preboot("refs shop.Order.remark");
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    expect![[r#"
        shop/migrations/0002_rename_note.py:8:50: migration [certain] migrations.RenameField("order", "note", "remark"),
        shop/models.py:10:5: definition [certain] remark = models.CharField(max_length=200, null=True)
        shop/views.py:9:19: attribute [certain] return [order.remark]
        shop.Order.remark: 3 references in 3 files
    "#]]
    .assert_eq(&answer.stdout);
    let json: serde_json::Value = serde_json::from_str(&project.preboot("refs shop.order.remark --format json").stdout).unwrap();
    assert_eq!((&json["in"], &json["definition"]["line"]), (&"working".into(), &10.into()));
    assert_eq!(json["references"].as_array().unwrap().len(), 3);
}

#[test]
fn refs_are_counted_by_kind_or_file() {
    let answer = Project::new("rename").preboot("refs shop.Order.note --by file");
    expect![[r#"
                                         certain  likely  possible
        shop/views.py                          3       0         0
        shop/migrations/0001_initial.py        1       0         0
        shop/models.py                         1       0         0
        shop.Order.note: 5 references in 3 files of the deployed code
    "#]]
    .assert_eq(&answer.stdout);
    let answer = Project::new("rename").preboot("refs shop.Order.note --by kind --format json");
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["counts"].as_array().unwrap().len(), 5);
    assert_eq!(json["counts"][0]["certain"], 1);
}

#[test]
fn refs_of_what_is_gone_are_those_of_the_deployed_code() {
    let answer = Project::new("rename").preboot("refs shop.Order.note");
    expect![[r#"
        shop/migrations/0001_initial.py:22:19: migration [certain] ("note", models.CharField(max_length=200, null=True)),
        shop/models.py:10:5: definition [certain] note = models.CharField(max_length=200, null=True)
        shop/views.py:5:33: lookup [certain] return Order.objects.filter(note__startswith="urgent").order_by("note")
        shop/views.py:5:70: string [certain] return Order.objects.filter(note__startswith="urgent").order_by("note")
        shop/views.py:9:19: attribute [certain] return [order.note]
        shop.Order.note: 5 references in 3 files of the deployed code
    "#]]
    .assert_eq(&answer.stdout);
}

#[test]
fn refs_of_nothing_offers_the_nearest_names() {
    let project = Project::new("rename");
    let answer = project.preboot("refs shop.Order.remarc");
    assert_eq!((answer.status, answer.stdout.as_str()), (2, ""));
    expect![[r#"
        error: neither version of the project has shop.Order.remarc; did you mean remark?
    "#]]
    .assert_eq(&answer.stderr);
    assert_eq!(project.preboot("refs shop").status, 2);
}

#[test]
fn schema_is_that_of_the_working_code_or_of_a_point_of_history() {
    let project = Project::new("safe");
    let answer = project.preboot("schema shop.Order");
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    expect![[r#"
        shop_order  shop.Order
          id           bigint        NOT NULL IDENTITY
          note         varchar(200)  NULL
          total        integer       NOT NULL
          customer_id  bigint        NOT NULL
          place        varchar(20)   NULL
          PRIMARY KEY  shop_order_pkey                                      (id)
          FOREIGN KEY  shop_order_customer_id_f638df20_fk_shop_customer_id  (customer_id) REFERENCES shop_customer (id)
          INDEX        shop_order_customer_id_f638df20                      btree (customer_id)
    "#]]
    .assert_eq(&answer.stdout);
    let before = project.preboot("schema shop --at shop.0001_initial --format json");
    let json: serde_json::Value = serde_json::from_str(&before.stdout).unwrap();
    let names = |key: &str| -> Vec<&str> { json.as_array().unwrap().iter().map(|it| it[key].as_str().unwrap()).collect() };
    assert_eq!(names("table"), ["shop_customer", "shop_order"]);
    assert!(!before.stdout.contains("place"));
}

#[test]
fn schema_of_nothing_offers_the_nearest_names() {
    let project = Project::new("safe");
    expect![[r#"
        error: there is no table of shop.Odrer; did you mean shop.Order?
    "#]]
    .assert_eq(&project.preboot("schema shop.Odrer").stderr);
    expect![[r#"
        error: there is no migration shop.0001_initia; did you mean shop.0001_initial?
    "#]]
    .assert_eq(&project.preboot("schema --at shop.0001_initia").stderr);
    assert_eq!(project.preboot("schema elsewhere").status, 2);
}

#[test]
fn refs_of_what_lacks_its_app_offer_it() {
    let project = Project::new("rename");
    let answer = project.preboot("refs Order.remark");
    assert_eq!(answer.status, 2);
    assert_eq!(answer.stderr, "error: neither version of the project has Order.remark; did you mean shop.Order.remark?\n");
}

#[test]
fn another_way_is_planned_and_split_by_its_number() {
    let project = Project::new("petition");
    let plan = project.preboot("plan").stdout;
    assert!(plan.contains("\nOther ways, checked alike:\n  1. rename "), "{plan}");
    assert!(!plan.contains('\u{1b}'));
    let other = project.preboot("plan --alternative 1").stdout;
    assert!(other.contains("\nPR 1 of 1: Rename campaign.Petition."), "{other}");
    let json: serde_json::Value = serde_json::from_str(&project.preboot("plan --alternative 1 --output-format json").stdout).unwrap();
    let title = json["phases"][0]["title"].as_str().unwrap();
    let split = project.preboot("split --alternative 1 --dry-run").stdout;
    assert!(split.contains(&format!(": {title}\n")), "{split}");
    for wrong in ["0", "99"] {
        let answer = project.preboot(&format!("plan --alternative {wrong}"));
        assert_eq!((answer.status, answer.stdout.as_str()), (2, ""));
        assert!(answer.stderr.starts_with(&format!("error: there is no alternative {wrong}: the plan has ")), "{}", answer.stderr);
    }
    let safe = Project::new("safe");
    assert_eq!(safe.preboot("plan --alternative 1").stderr, "error: the plan has no alternative\n");
}

#[test]
fn a_plan_has_colour_where_it_is_wanted() {
    let plan = Project::new("petition").preboot("plan --color always").stdout;
    assert!(plan.contains("\u{1b}[32m+"), "{plan}");
    assert!(plan.contains("\u{1b}[1mPR 1 of 2: "), "{plan}");
}
