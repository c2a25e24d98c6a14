/*
 * The protocol of the course's file servers, request by request, against the server in slot 1.
 */
#include "files.h"

/* Opened to be read, mapped to be read. */
static void reading(void)
{
	u32 id;
	expect("open", fs_open("/motd", O_RDONLY, FDS), 0);
	expect("its page is writable, and shared", entry(FDS), RW | PTE_LIBRARY);
	expect("its device", filefd(FDS)->fd_dev_id, 'f');
	expect("its offset", filefd(FDS)->fd_offset, 0);
	expect("its mode", filefd(FDS)->fd_omode, O_RDONLY);
	expect("its size", filefd(FDS)->f_size, 14);
	expect("its type", filefd(FDS)->f_type, 0);
	expect("its name", is_text(FDS + 16, "motd"), 1);
	id = filefd(FDS)->f_fileid;
	expect("its number says which slot", id % 1024 < 1024 && id >= 1024, 1);
	expect("map", fs_map(id, 0, DATA), 0);
	expect("what is read is not writable", entry(DATA), PTE_V | PTE_LIBRARY);
	expect("what is in it", is_text(DATA, "This is /motd\n"), 1);
	expect("map behind the end", fs_map(id, PAGE, DATA + PAGE), -E_INVAL);
	expect("map far behind the end", fs_map(id, 0xfffffffc, DATA + PAGE), -E_INVAL);
	expect("set the size of what is read", fs_set_size(id, 0), -E_INVAL);
	expect("dirty what is read", fs_dirty(id, 0), -E_INVAL);
	expect("close", fs_close(id), 0);
	call2(mem_unmap, 0, FDS);
	call2(mem_unmap, 0, DATA);

	expect("open without a slash", fs_open("motd", O_RDONLY, FDS), 0);
	expect("a number of its own", filefd(FDS)->f_fileid != id, 1);
	expect("the old number", fs_map(id, 0, DATA), -E_INVAL);
	call2(mem_unmap, 0, FDS);

	expect("open what is not there", fs_open("/none", O_RDONLY, FDS), -E_NOT_FOUND);
	expect("open below a file", fs_open("/motd/none", O_RDONLY, FDS), -E_NOT_FOUND);
	expect("a directory", fs_open("///", O_RDONLY, FDS), 0);
	expect("its type", filefd(FDS)->f_type, 1);
	expect("its size", filefd(FDS)->f_size, PAGE);
	expect("its entries", fs_map(filefd(FDS)->f_fileid, 0, DATA), 0);
	expect("the first one", is_text(DATA, "motd"), 1);
	expect("they are not writable", entry(DATA), PTE_V | PTE_LIBRARY);
	expect("a directory to be written", fs_open("/", O_RDWR, FDS + PAGE), -E_INVAL);
	call2(mem_unmap, 0, FDS);
	call2(mem_unmap, 0, DATA);
}

/* Stores reach the disk whether the client says so or not. */
static void writing(void)
{
	u32 id, i;
	expect("open to write", fs_open("/dir/notes", O_RDWR, FDS), 0);
	id = filefd(FDS)->f_fileid;
	expect("map", fs_map(id, 0, DATA), 0);
	expect("what is written is writable", entry(DATA), RW | PTE_LIBRARY);
	*(volatile char *)DATA = 'N';
	expect("dirty", fs_dirty(id, 0), 0);
	expect("dirty behind the end", fs_dirty(id, 5), -E_INVAL);
	expect("a larger size", fs_set_size(id, 2 * PAGE + 3), 0);
	for (i = 1; i < 3; i++) {
		expect("map what is new", fs_map(id, i * PAGE, DATA + i * PAGE), 0);
		expect("it is zeros", *(volatile u32 *)(DATA + i * PAGE), 0);
	}
	*(volatile char *)(DATA + 2 * PAGE + 2) = '!';
	expect("larger than a file can be", fs_set_size(id, 0x400001), -E_NO_DISK);
	expect("as large as a number", fs_set_size(id, 0xffffffff), -E_NO_DISK);
	expect("close", fs_close(id), 0);
	/* What is stored now is written as well. */
	*(volatile char *)(DATA + 2 * PAGE + 1) = '?';
	for (i = 0; i < 3; i++)
		call2(mem_unmap, 0, DATA + i * PAGE);
	call2(mem_unmap, 0, FDS);

	expect("make a file", fs_open("/new", O_CREAT | O_RDWR, FDS), 0);
	id = filefd(FDS)->f_fileid;
	expect("its size", filefd(FDS)->f_size, 0);
	expect("grow it", fs_set_size(id, 4), 0);
	expect("map it", fs_map(id, 0, DATA), 0);
	*(volatile u32 *)DATA = 0x0a6f6f66;
	expect("make it once more", fs_open("/new", O_CREAT | O_EXCL | O_RDWR, FDS + PAGE), -E_FILE_EXISTS);
	/* No close, no dirty: the pages just go. */
	call2(mem_unmap, 0, DATA);
	call2(mem_unmap, 0, FDS);

	expect("empty a file", fs_open("/full", O_TRUNC | O_WRONLY, FDS), 0);
	expect("its size", filefd(FDS)->f_size, 0);
	expect("map it", fs_map(filefd(FDS)->f_fileid, 0, DATA), -E_INVAL);
	call2(mem_unmap, 0, FDS);
}

static void removing(void)
{
	u32 id;
	expect("open", fs_open("/gone", O_RDONLY, FDS), 0);
	id = filefd(FDS)->f_fileid;
	expect("remove it", fs_remove("/gone"), 0);
	expect("remove it once more", fs_remove("/gone"), -E_NOT_FOUND);
	expect("open it", fs_open("/gone", O_RDONLY, FDS + PAGE), -E_NOT_FOUND);
	expect("who has it open keeps it", fs_map(id, 0, DATA), 0);
	expect("what is in it", is_text(DATA, "here"), 1);
	call2(mem_unmap, 0, DATA);
	call2(mem_unmap, 0, FDS);
	expect("remove a directory with a file", fs_remove("/dir"), -E_FILE_EXISTS);
	expect("remove the root", fs_remove("/"), -E_INVAL);
}

/* Children have what their parent has opened. */
static void sharing(void)
{
	u32 me = call0(getenvid), id;
	int child;
	expect("open", fs_open("/motd", O_RDONLY, FDS), 0);
	id = filefd(FDS)->f_fileid;
	child = fork();
	if (child == 0) {
		expect("a child maps", fs_map(id, 0, DATA), 0);
		expect("what is in it", is_text(DATA, "This is"), 1);
		filefd(FDS)->fd_offset = 7 + failed;
		exit();
	}
	wait(child);
	expect("both have its page", filefd(FDS)->fd_offset, 7);
	call2(mem_unmap, 0, FDS);
	expect("we are who we were", call0(getenvid), me);
}

static void nonsense(void)
{
	u32 i;
	for (i = 0; i < PAGE / 4; i++)
		request[i] = 0x61616161;
	expect("a path without an end", fsipc(FSREQ_OPEN, FDS), -E_BAD_PATH);
	expect("another", fsipc(FSREQ_REMOVE, 0), -E_BAD_PATH);
	expect("no path", fs_open("", O_RDONLY | O_CREAT, FDS), -E_BAD_PATH);
	expect("no mode", fs_open("/motd", 3, FDS), -E_INVAL);
	expect("a file that is none", fs_map(0xffffffff, 0, DATA), -E_INVAL);
	expect("another", fs_map(1023, 0, DATA), -E_INVAL);
	expect("another", fs_close(0x7fffffff), -E_INVAL);
	expect("another", fs_set_size(0, 0), -E_INVAL);
	expect("everything to the disk", fs_sync(), 0);
}

void start(void)
{
	u32 before;
	files_begin();
	/* What the server keeps for the next time is not lost. */
	fs_open("/motd", O_RDONLY, FDS);
	call2(mem_unmap, 0, FDS);
	before = server();
	reading();
	writing();
	removing();
	sharing();
	nonsense();
	expect("the server lives", server() == before && alive(before), 1);
	finish("cfiles");
}
