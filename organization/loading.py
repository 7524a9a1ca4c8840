"""What a policy pack sets up here: the tree of departments, posts, sites, and the table role × verb."""

from organization import rules, services


def load_structure(pack, version, company, at):
    """Make or change what the pack names; what it does not name stays. Safe to run again."""
    by = version.published_by
    departments = {"": None}
    for row in rules.parse_departments(pack.get("departments", [])):
        departments[row.code] = services.save_department(
            company=company,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            parent=departments[row.parent],
            by=by,
            at=at,
        )
    for row in rules.parse_posts(pack.get("posts", [])):
        services.save_post(
            company=company,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            is_ranked=row.is_ranked,
            by=by,
            at=at,
        )
    for row in rules.parse_sites(pack.get("sites", [])):
        services.save_site(company=company, code=row.code, name=row.name, name_en=row.name_en, by=by, at=at)
    for row in rules.parse_roles(pack.get("roles", [])):
        services.save_role(
            company=company,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            reach=row.reach,
            verbs=row.verbs,
            by=by,
            at=at,
        )
